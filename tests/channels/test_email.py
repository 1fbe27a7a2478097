"""E-mail beyond what it reads: how messages are handed in, what refusals mean, and what the options may be."""

import asyncio
import email
import email.policy
import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.channels.test_docs import section, tables
from tests.support.mailing import MailServer
from textback.channels import email as email_module
from textback.channels.base import Accepted, Attachment, BadSignature, Failure, Outgoing, Thread, Webhook
from textback.channels.client import Session
from textback.channels.email import Email
from textback.core.errors import SettingsError
from textback.engine.arrivals import Media

OURS, ANA = "bot@shop.example.com", "ana@example.com"
ID = "0123456789abcdef01234567"
TEXT = Outgoing(ID, OURS, ANA, "We close at 6.", channel="email")
SECRET = "pass-word-1"


def line(server: MailServer, http: Session, **options: str) -> Email:
    given = {"smtp_host": "127.0.0.1", "smtp_port": str(server.port), "smtp_tls": "none", **options}
    return Email(OURS, given, http)


async def sent(http: Session, text: Outgoing = TEXT, **options: str) -> EmailMessage:
    async with MailServer() as server:
        result = await line(server, http, **options).send(text)
        assert result == Accepted(f"<{ID}@shop.example.com>")
        (raw,) = server.messages
        assert f"RCPT TO:<{ANA}>" in server.heard
        return email.message_from_bytes(raw, policy=email.policy.default)


def out(**more: Any) -> Outgoing:
    return Outgoing(**{"message_id": ID, "sender": OURS, "recipient": ANA, "text": "We close at 6.", **more})


async def test_an_answer_goes_into_the_thread_of_what_it_answers(http: Session) -> None:
    found = await sent(http, out(thread=Thread("<q1@example.com>", "Opening hours")))
    assert (found["In-Reply-To"], found["References"]) == ("<q1@example.com>", "<q1@example.com>")
    assert (found["Subject"], found["Auto-Submitted"]) == ("Re: Opening hours", "auto-replied")
    assert found["Message-ID"] == f"<{ID}@shop.example.com>"
    assert found["List-Unsubscribe"] is None, "nobody reads an answer"
    assert found["Date"].datetime is not None


async def test_a_person_is_no_program(http: Session) -> None:
    found = await sent(
        http, out(thread=Thread("<q1@example.com>", "Re: Opening", person=True)), from_name="The Shop, Inc."
    )
    assert (found["Auto-Submitted"], found["Subject"]) == (None, "Re: Opening")
    assert found["From"].addresses[0].display_name == "The Shop, Inc."


async def test_the_first_mail_has_its_first_words_as_subject(http: Session) -> None:
    media = (Media("https://example.com/a.png"),)
    found = await sent(http, out(text="Your bike\nis ready. " + "Really. " * 20, media=media))
    assert found["Subject"].startswith("Your bike is ready. Really.")
    assert len(found["Subject"]) <= 70
    assert found["Auto-Submitted"] == "auto-generated"
    assert "https://example.com/a.png" in found.get_content().splitlines()


FILES = (Media("https://example.com/a.png"), Media("https://example.com/menu"))
PICTURE = Attachment(FILES[0].url, "Rädchen & co.png", "image/png", b"\x89PNG\r\n.\r\n" * 20_000)


async def test_files_go_inside_and_what_has_none_as_an_address(http: Session) -> None:
    found = await sent(http, out(media=FILES, attached=(PICTURE,)))
    assert found["Subject"] == "We close at 6. https://example.com/menu"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["We close at 6.", FILES[1].url]
    (file,) = found.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (PICTURE.name, "image/png")
    assert file.get_content() == PICTURE.data


async def test_a_server_that_takes_less_gets_addresses(http: Session) -> None:
    async with MailServer(features=("SIZE 100000",)) as server:
        assert isinstance(await line(server, http).send(out(media=FILES, attached=(PICTURE,))), Accepted)
        (raw,) = server.messages
    assert len(raw) < 2000
    assert FILES[0].url.encode() in raw
    async with MailServer(features=("SIZE 0", "SIZE x")) as server:  # no limit, and nonsense
        assert isinstance(await line(server, http).send(out(media=FILES, attached=(PICTURE,))), Accepted)
        assert len(server.messages[0]) > 100_000


LEAVE = "https://bot.example.com/unsubscribe/email/" + "0" * 24 + ".key-1." + "f" * 64
MAILBOX = {"imap_host": "127.0.0.1", "imap_tls": "none", "imap_user": "bot", "imap_password": "secret-1"}


async def test_a_mail_says_how_to_leave_by_one_click(http: Session) -> None:
    found = await sent(http, out(thread=Thread(unsubscribe=LEAVE)))
    assert found["List-Unsubscribe"] == f"<{LEAVE}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert found.get_content().strip() == "We close at 6."
    both = await sent(http, out(thread=Thread(unsubscribe=LEAVE)), **MAILBOX)
    assert both["List-Unsubscribe"] == f"<{LEAVE}>, <mailto:{OURS}?subject=STOP>"
    mail_only = await sent(http, out(), **MAILBOX)
    assert mail_only["List-Unsubscribe"] == f"<mailto:{OURS}?subject=STOP>"
    assert mail_only["List-Unsubscribe-Post"] is None, "no program can post to a mail address"


@pytest.mark.parametrize("url", ["https://x.example.com/a\r\nBcc: b", "https://x.example.com/a b", "https://ü.example"])
async def test_an_address_that_no_header_can_hold_is_not_sent(http: Session, url: str) -> None:
    async with MailServer() as server:
        result = await line(server, http).send(out(thread=Thread(unsubscribe=url)))
        assert isinstance(result, Failure)
        assert result.kind == "rejected"
        assert server.messages == []


@pytest.mark.parametrize("evil", ["Hi\r\nBcc: x@example.com", "Hi\n\nBody", "a\0b\u2028c", "\ud800"])
async def test_no_header_comes_from_a_subject(http: Session, evil: str) -> None:
    found = await sent(http, out(thread=Thread("<q@x>\r\nBcc: <y@z>", evil)))
    assert found["Bcc"] is None
    assert found["In-Reply-To"] is None
    assert "We close at 6." in found.get_content()


async def test_lines_of_dots_and_all_letters_arrive(http: Session) -> None:
    text = ".\n..\nGr\u00fc\u00dfe \U0001f600\nFrom here\n"
    found = await sent(http, out(text=text))
    unstuffed = found.get_content().replace("\n..", "\n.").removeprefix(".")
    assert "Gr\u00fc\u00dfe \U0001f600" in unstuffed
    assert "From here" in unstuffed


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@x>\r\nRCPT TO:<b@c", "a b@c.d", "\u00e4@example.com", f"{'a' * 300}@b.c"]
)
async def test_what_is_no_address_is_not_written_to(http: Session, address: str) -> None:
    async with MailServer() as server:
        result = await line(server, http).send(out(recipient=address))
        assert isinstance(result, Failure)
        assert result.kind == "rejected"
        assert server.heard == []


REFUSALS = [
    ({"EHLO": "421 busy"}, "throttled", "421"),
    ({"EHLO": "554 no"}, "misconfigured", "554"),
    ({"MAIL": "450 later"}, "retry", "450"),
    ({"MAIL": "550 5.7.60 not as them"}, "misconfigured", "5.7.60"),
    ({"MAIL": "530 who are you"}, "misconfigured", "530"),
    ({"MAIL": "552 too large"}, "rejected", "552"),
    ({"RCPT": "421 busy"}, "throttled", "421"),
    ({"RCPT": "450 4.2.2 full"}, "later", "4.2.2"),
    ({"RCPT": "550 5.1.1 nobody ana@example.com"}, "rejected", "5.1.1"),
    ({"RCPT": "550 no"}, "rejected", "550"),
    ({"RCPT": "550 5.7.1 spam"}, "filtered", "5.7.1"),
    ({".": "451 later"}, "later", "451"),
    ({".": "554 5.7.1 spam"}, "filtered", "5.7.1"),
    ({"EHLO": ""}, "retry", ""),
    ({"DATA": ""}, "retry", ""),
    ({".": ""}, "unknown", ""),
    ({"EHLO": "what"}, "retry", ""),
]


@pytest.mark.parametrize(("says", "kind", "code"), REFUSALS)
async def test_what_a_mail_server_refuses_has_a_kind(http: Session, says: dict[str, str], kind: str, code: str) -> None:
    async with MailServer(says) as server:
        result = await line(server, http).send(TEXT)
    assert isinstance(result, Failure)
    assert (result.kind, result.code) == (kind, code)
    assert ANA not in result.detail


async def test_nothing_is_written_once_its_time_is_over(http: Session) -> None:
    async with MailServer() as server:
        result = await line(server, http).send(out(ours=lambda: False))
        assert isinstance(result, Failure)
        assert result.kind == "retry"
        assert server.messages == []


async def test_a_server_that_says_nothing_after_the_message_may_have_it(
    http: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_module, "TOTAL", 0.3)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hi\r\n")
        for answer in (b"250 ok", b"250 ok", b"250 ok", b"354 go on"):
            await reader.readline()
            writer.write(answer + b"\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    result = await Email(OURS, {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none"}, http).send(TEXT)
    server.close()
    assert isinstance(result, Failure)
    assert result.kind == "unknown"


async def test_a_server_that_is_away_is_tried_again(http: Session) -> None:
    async with MailServer() as server:
        gone = line(server, http)
    result = await gone.send(TEXT)
    assert isinstance(result, Failure)
    assert result.kind == "retry"


# --- TLS


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, which this machine believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


async def test_the_password_goes_over_tls_only(http: Session, tls: ssl.SSLContext) -> None:
    login = {"smtp_host": "localhost", "smtp_tls": "starttls", "smtp_user": "bot", "smtp_password": SECRET}
    async with MailServer(features=("STARTTLS",), tls=tls) as server:
        assert isinstance(await line(server, http, **login).send(TEXT), Accepted)
        assert [one.split()[0] for one in server.heard] == [
            "EHLO",
            "STARTTLS",
            "EHLO",
            "AUTH",
            "MAIL",
            "RCPT",
            "DATA",
            "QUIT",
        ]
    async with MailServer() as bare:
        result = await line(bare, http, **login).send(TEXT)
        assert isinstance(result, Failure)
        assert (result.kind, result.code) == ("misconfigured", "tls")
        assert not any(one.startswith("AUTH") for one in bare.heard)
    refusing = MailServer({"AUTH": f"535 5.7.8 not {SECRET}"}, features=("STARTTLS",), tls=tls)
    async with refusing as server:
        result = await line(server, http, **login).send(TEXT)
        assert isinstance(result, Failure)
        assert result.kind == "misconfigured"
        assert SECRET not in repr(result)


async def test_a_certificate_of_another_host_is_not_believed(http: Session, tls: ssl.SSLContext) -> None:
    async with MailServer(features=("STARTTLS",), tls=tls) as server:
        result = await line(server, http, smtp_host="127.0.0.1", smtp_tls="starttls").send(TEXT)
    assert isinstance(result, Failure)
    assert (result.kind, result.code) == ("misconfigured", "tls")


# --- Options, and what does not apply


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"number": "bot"}, "EMAIL_ADDRESS"),
        ({"smtp_host": ""}, "EMAIL_SMTP_HOST"),
        ({"smtp_tls": "ssl"}, "EMAIL_SMTP_TLS"),
        ({"smtp_port": "0"}, "EMAIL_SMTP_PORT"),
        ({"smtp_port": "x"}, "EMAIL_SMTP_PORT"),
        ({"smtp_user": "bot", "smtp_password": SECRET, "smtp_tls": "none"}, "EMAIL_SMTP_USER"),
        ({"imap_host": "imap.example.com"}, "EMAIL_IMAP_USER"),
        ({"imap_host": "x", "imap_user": "a\r\nb", "imap_password": SECRET}, "EMAIL_IMAP_"),
        ({"imap_host": "x", "imap_user": "a", "imap_password": SECRET, "imap_tls": "maybe"}, "EMAIL_IMAP_TLS"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(http: Session, options: dict[str, str], names: str) -> None:
    given = {"smtp_host": "smtp.example.com", **options}
    with pytest.raises(SettingsError, match=names) as caught:
        Email(given.pop("number", OURS), given, http)
    assert SECRET not in str(caught.value)


def test_nobody_posts_e_mail(http: Session) -> None:
    made = Email(OURS, {"smtp_host": "smtp.example.com"}, http)
    assert made.methods == ()
    with pytest.raises(BadSignature):
        made.verify(Webhook("POST", "", "", {}, b""), 0)
    assert made.box == ""


# --- The page


def test_the_options_are_documented() -> None:
    (rows,) = tables("E-mail options")
    code = [(o.name, o.env, "yes" if o.required else "no", o.help) for o in Email.options]
    assert [(key.strip("`"), env.strip("`"), needed, meaning) for key, env, needed, meaning in rows] == code


def test_the_statuses_are_documented() -> None:
    (rows,) = tables("E-mail statuses")
    assert {said.strip("`"): status for said, status in rows} == email_module.STATUSES


def test_the_failures_are_documented() -> None:
    (rows,) = tables("E-mail failures")
    documented = {kind for _, kind in rows}
    assert documented == {kind for _, kind, _ in REFUSALS}
    assert f"{email_module.TOTAL:.0f} seconds" in " ".join(section("E-mail failures").split())
