"""Only the public internet, never much, never for long."""

import contextlib
import gzip
import zlib

import pytest

from tests.sources.conftest import Site
from textback.knowledge.tags import Tag, tags
from textback.sources import fetch
from textback.sources.fetch import Fetcher, Refused, is_public, public
from textback.sources.html import TooMuch, read_page


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "ff02::1", "not an address",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_that_are_public_are_known(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f000001", "[::1]".strip("[]"), "2130706433"])
def test_hosts_of_this_machine_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(Refused):
        public(host, 80)


def test_a_host_with_one_public_and_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused, match="public internet"):
        public("example.com", 80)


def test_a_redirect_to_a_private_address_is_not_followed(site: Site) -> None:
    site.pages["/"] = (302, {"Location": "http://internal.example.com/secrets"}, b"")

    def resolve(host: str, port: int) -> str:
        if host == "internal.example.com":
            raise Refused("it is not on the public internet")
        return "127.0.0.1"

    with pytest.raises(Refused, match="public internet"):
        Fetcher(resolve).get(site.url + "/")
    assert site.paths == ["/"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "//"])
def test_a_redirect_to_something_else_than_the_web_is_not_followed(site: Site, fetcher: Fetcher, target: str) -> None:
    site.pages["/"] = (302, {"Location": target}, b"")
    with pytest.raises(Refused):
        fetcher.get(site.url + "/")


def test_a_redirect_in_circles_ends(site: Site, fetcher: Fetcher) -> None:
    site.pages["/"] = (302, {"Location": "/"}, b"")
    with pytest.raises(Refused, match="again and again"):
        fetcher.get(site.url + "/")
    assert len(site.asked) == fetch.MOST_REDIRECTS + 1


def test_a_page_that_is_too_large_is_refused_packed_or_not(site: Site, fetcher: Fetcher) -> None:
    large = b"a" * (fetch.LARGEST + 1)
    site.pages["/large"] = (200, {"Content-Type": "text/html"}, large)
    site.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(large * 4))
    site.pages["/flat"] = (200, {"Content-Encoding": "deflate"}, zlib.compress(b"hello"))
    site.pages["/odd"] = (200, {"Content-Encoding": "br"}, b"x")
    for path in ("/large", "/bomb"):
        with pytest.raises(Refused, match="larger than"):
            fetcher.get(site.url + path)
    assert fetcher.get(site.url + "/flat").body == b"hello"
    with pytest.raises(Refused, match="packed"):
        fetcher.get(site.url + "/odd")


def test_an_address_can_not_smuggle_a_second_request(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a%20b%0D%0AX:%20y"] = "fine"
    assert fetcher.get(site.url + "/a b\r\nX: y").status in (200, 404)
    assert len(site.asked) == 1
    assert "x" not in site.asked[0][1]


def test_a_page_of_endless_tags_or_text_is_too_much_and_a_deep_one_is_not() -> None:
    with pytest.raises(TooMuch):
        read_page("<b>" * 200_000)
    with pytest.raises(TooMuch):
        read_page("a " * 2_000_000)
    deep = read_page("<div>" * 50_000 + "<p>Still here.</p>")
    assert deep.blocks == ("Still here.",)


SLOW = (
    "<!", "<a ", "<!--", "&#", "<a x='", "</", "<?", "<![", '<a ">', "<title>", "<script>", "<a b=\"'", "< ", "<p>&amp",
)  # fmt: skip


@pytest.mark.parametrize("part", SLOW)
def test_a_page_that_was_made_to_be_slow_is_not(part: str) -> None:
    # A parser that looks at what follows again and again takes hours for a megabyte of these.
    with contextlib.suppress(TooMuch):
        read_page((part * 1_000_000)[:1_000_000])


def test_tags_are_read_as_browsers_read_them() -> None:
    page = "<P Class='a b' data-x=\"1 > 0\" hidden>x &amp; y<BR/><script>if (a<b) '<p>'</script>2 < 3</p>"
    page += "<title>A<b>B</title>"
    attributes = {"class": "a b", "data-x": "1 > 0", "hidden": ""}
    assert list(tags(page)) == [
        Tag("p", closing=False, attributes=attributes), "x & y", Tag("br", closing=False),
        Tag("script", closing=False), Tag("script", closing=True), "2 ", "<", " 3", Tag("p", closing=True),
        Tag("title", closing=False), "A<b>B", Tag("title", closing=True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken", ["<p", "<!--", "<main><p>x", "</div></main>", "<table><tr><td>1", "\0<p>\ud800</p>", "<![CDATA["]
)
def test_broken_html_is_read_as_far_as_it_goes(broken: str) -> None:
    read_page(broken)
