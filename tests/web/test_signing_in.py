"""Links by e-mail: invitations and signing in, by a mail server of our own."""

import re
import threading
from collections.abc import Iterator

import pytest

from tests.web.conftest import Site, running
from textback.core.errors import SettingsError
from textback.core.when import MINUTE
from textback.web.mailer import Mailer, make_mailer

LINK = re.compile(r"(/login/[A-Za-z0-9_-]{20,})")


class Post:
    """Letters as they were handed over."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str]] = []
        self._came = threading.Condition()

    def send(self, to: str, subject: str, text: str) -> None:
        with self._came:
            self.letters.append((to, subject, text))
            self._came.notify_all()


@pytest.fixture(scope="module")
def post() -> Post:
    return Post()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, post: Post) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mailer, "send", post.send)
        folder = tmp_path_factory.mktemp("mail")
        with running(folder, smtp_url="smtp://desk:p%40ss@smtp.example.com", mail_from="desk@example.com") as made:
            yield made


def test_a_link_by_email_signs_in(desk: Site, post: Post):
    _, email = desk.user("agent")
    guest = desk.stranger()
    assert 'formaction="/login/link"' in guest.get("/login").text
    answer = guest.submit("/login/link", email=email)
    to, _, text = post.letters[-1]
    assert (answer.status_code, to) == (200, email)
    path = LINK.findall(text)[0]
    assert guest.submit(path).status_code == 303
    assert guest.get("/desk/all").status_code == 200


def test_nobody_learns_who_works_here(desk: Site, post: Post):
    _, email = desk.user("agent")
    before = len(post.letters)
    known, unknown = desk.stranger(), desk.stranger()
    one = known.submit("/login/link", email=email).text.replace(email, "X")
    other = unknown.submit("/login/link", email="nobody@example.com").text.replace("nobody@example.com", "X")
    assert one == other
    assert len(post.letters) == before + 1


def test_nobody_is_sent_many_letters(desk: Site, post: Post):
    _, email = desk.user("agent")
    guest = desk.stranger()
    for _ in range(6):
        assert guest.submit("/login/link", email=email).status_code == 200
    assert sum(to == email for to, _, _ in post.letters) == 3
    desk.clock.advance(10 * MINUTE + 1)
    guest.submit("/login/link", email=email)
    assert sum(to == email for to, _, _ in post.letters) == 4


def test_an_invitation_goes_by_email_and_is_not_shown(desk: Site, post: Post):
    owner = desk.person("owner", "Ada")
    answer = owner.submit("/settings/people", email="new@example.com", role="viewer")
    to, subject, text = post.letters[-1]
    assert to == "new@example.com"
    assert "Ada" in subject
    assert not LINK.search(answer.text)
    guest = desk.stranger()
    assert guest.submit(LINK.findall(text)[0]).status_code == 303


def test_an_address_is_needed(desk: Site):
    assert desk.stranger().submit("/login/link", email="").status_code == 400


@pytest.mark.parametrize(
    ("url", "sender", "says"),
    [
        ("smtp://smtp.example.com", None, "MAIL_FROM"),
        ("smtp://smtp.example.com", "desk", "MAIL_FROM"),
        ("https://smtp.example.com", "desk@example.com", "SMTP_URL"),
        ("smtp://", "desk@example.com", "SMTP_URL"),
        ("smtp://smtp.example.com:port", "desk@example.com", "SMTP_URL"),
    ],
)
def test_settings_that_are_wrong_are_said_at_the_start(url: str, sender: str | None, says: str):
    with pytest.raises(SettingsError, match=says):
        make_mailer(url, sender, None)  # type: ignore[arg-type]


def test_a_mail_server_s_address_is_read_whole():
    made = make_mailer("smtps://desk%40example.com:p%3Ass@smtp.example.com", "desk@example.com", None)  # type: ignore[arg-type]
    assert made is not None
    assert made.options == {
        "server": "smtp.example.com", "port": "465", "user": "desk@example.com", "password": "p:ss",
        "from": "desk@example.com",
    }  # fmt: skip
    assert make_mailer(None, None, None) is None  # type: ignore[arg-type]
