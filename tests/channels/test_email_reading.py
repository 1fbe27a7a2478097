"""What a mail says: whose words are its text, what is left alone, what a report reports; and nothing breaks it."""

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.mailbox import mail
from textback.channels.email_reading import LEFT, MOST_BYTES, MOST_TEXT, Reader
from textback.channels.email_text import from_html, own_words, unfold
from textback.engine.arrivals import DeliveryStatus, Message

OURS = "bot@shop.example.com"
AT = 1_795_176_000_000
ID = "0123456789abcdef01234567"


def read(raw: bytes, authserv: str = "") -> Message | DeliveryStatus | str:
    return Reader(OURS, authserv).read(raw, AT)


def text_of(raw: bytes) -> str:
    found = read(raw)
    assert isinstance(found, Message), found
    return found.whole


def answer(text: str, **headers: str) -> bytes:
    return mail(text, **{"In_Reply_To": "<x@y>", **headers})


def test_a_mail_is_a_text() -> None:
    raw = mail("Do you open on Sundays?", sender="Ana <Ana@Shop.EXAMPLE.com>", Message_ID="<q@example.com>", Subject="")
    assert read(raw) == Message(
        sender="ana@shop.example.com", recipient=OURS, text="Do you open on Sundays?", provider_id="<q@example.com>",
        channel="email", sent_at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (mail("When do you open tomorrow?", Subject="A bike"), "A bike\nWhen do you open tomorrow?"),
        (mail("My bike is broken.", Subject="bike"), "My bike is broken."),
        (answer("When do you open?", Subject="Re: A bike"), "When do you open?"),
        (mail("When do you open?", Subject="Re: A bike"), "When do you open?"),
        (mail("", Subject="Call me back"), "Call me back"),
        (mail("STOP", Subject="Hello"), "STOP"),
        (mail("", Subject="STOP"), "STOP"),
        (mail("Sent from my phone", Subject="STOP"), "STOP"),
        (mail("please", Subject="unsubscribe"), "unsubscribe"),
        (mail("Gr\u00fc\u00dfe aus K\u00f6ln", Subject=""), "Gr\u00fc\u00dfe aus K\u00f6ln"),
    ],
)
def test_the_subject_is_part_of_a_mail_that_begins_a_thread(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


def test_the_subject_is_kept_for_the_answer() -> None:
    found = read(mail("Yes.", Subject="=?utf-8?q?F=C3=BCr_morgen?="))
    assert isinstance(found, Message)
    assert found.subject == "F\u00fcr morgen"


HISTORY = [
    "On Mon, Nov 2, 2026 at 10:00 AM Shop <bot@shop.example.com> wrote:\n> We close at 6.\n> Bye",
    "On Mon, Nov 2, 2026 at 10:00 AM Shop and Sons of the Old Town\n<bot@shop.example.com> wrote:\n\n> We close.",
    "Am 02.11.2026 um 10:00 schrieb Shop <bot@shop.example.com>:\n> Wir",
    "Le lun. 2 nov. 2026 \u00e0 10:00, Shop a \u00e9crit :\n> Nous",
    "El lun, 2 nov 2026 a las 10:00, Shop escribi\u00f3:\n> Hola",
    "-----Original Message-----\nFrom: Shop\nWe close",
    "________________________________\nFrom: Shop <bot@shop.example.com>\nSent: Monday\nTo: Ana\n\nWe close",
    "From: Shop <bot@shop.example.com>\nSent: Monday, November 2, 2026\nTo: Ana\nSubject: Re\n\nWe close",
    "-- \nAna Ruiz\n(206) 555-0123",
    "Sent from my iPhone",
    "> We close at 6.",
]  # fmt: skip


@pytest.mark.parametrize("history", HISTORY)
def test_what_they_answer_and_how_they_sign_is_cut_off(history: str) -> None:
    assert text_of(answer(f"See you then.\n\n{history}\n")) == "See you then."


def test_words_between_quotes_are_kept() -> None:
    assert own_words("> Which day?\nMonday\n> And when?\nAt 10") == "Monday\nAt 10"
    assert own_words("From: here to there\nit is far") == "From: here to there\nit is far"
    assert own_words("On Monday I wrote:\nnothing") == "On Monday I wrote:\nnothing"


def html(page: str, plain: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["In-Reply-To"] = "ana@example.com", "<a@b>", "<x@y>"
    if plain:
        message.set_content(plain)
        message.add_alternative(page, subtype="html")
    else:
        message.set_content(page, subtype="html")
    return bytes(message)


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>Is it <b>open</b>?</p><p>Ana</p>", "Is it open?\n\nAna"),
        ("<div>Yes&nbsp;&amp; no</div><blockquote>We close at 6.</blockquote>", "Yes & no"),
        ('Yes<div class="gmail_quote">On Mon wrote<div>deep</div></div>', "Yes"),
        ("<head><title>x</title><style>p {}</style></head>Yes<script>alert(1)</script>", "Yes"),
        ('<span style="display: none">secret</span>Yes', "Yes"),
        ("<p>Yes<br>No", "Yes\nNo"),
        ("<p>Yes</p", "Yes"),
    ],
)
def test_html_is_read_where_there_is_no_text(page: str, text: str) -> None:
    assert from_html(page) == text


def test_the_plain_part_comes_before_html() -> None:
    assert text_of(html("<p>From HTML</p>", "From text")) == "From text"
    assert text_of(html("<p>From HTML</p>")) == "From HTML"


def test_attachments_are_no_words() -> None:
    message = EmailMessage()
    message["From"], message["In-Reply-To"] = "ana@example.com", "<x@y>"
    message.set_content("See the file.")
    message.add_attachment("not for you", filename="notes.txt")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    assert text_of(bytes(message)) == "See the file.\n[notes.txt, 12 B]\n[a.png, 4 B]"


def hanging(words: str, *files: tuple[str, bytes], **more: Any) -> EmailMessage:
    """An answer with files on it."""
    message = EmailMessage()
    message["From"], message["In-Reply-To"] = "ana@example.com", "<x@y>"
    message.set_content(words)
    for name, content in files:
        message.add_attachment(content, maintype="image", subtype="png", filename=name, **more)
    return message


def test_a_mail_of_nothing_but_a_file_is_a_text() -> None:
    assert text_of(bytes(hanging("", ("bike.jpg", b"x" * 34 * 1024)))) == "[bike.jpg, 34 KB]"


@pytest.mark.parametrize("word", ["STOP", "stop.", "START", "HELP", "yes", "2"])
def test_a_file_is_in_the_way_of_no_word(word: str) -> None:
    found = read(bytes(hanging(word, ("logo.png", b"x"))))
    assert isinstance(found, Message)
    assert (found.text, found.attached) == (word, ("[logo.png, 1 B]",))


def test_what_a_mail_shows_is_not_attached() -> None:
    logo = hanging("Hi", ("image001.png", b"x"), cid="<image001@example.com>")
    assert text_of(bytes(logo)) == "Hi"
    shown = hanging("Hi", ("photo.jpg", b"x"), disposition="inline")
    assert text_of(bytes(shown)) == "Hi"
    signed = hanging("Hi")
    signed.add_attachment(b"x", maintype="application", subtype="pgp-signature", filename="signature.asc")
    assert text_of(bytes(signed)) == "Hi"
    forwarded = hanging("Look")
    forwarded.add_attachment(hanging("Old", ("inside.png", b"x")))
    assert text_of(bytes(forwarded)) == "Look\n[message/rfc822]"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("caf\u00e9 menu.pdf", "caf\u00e9 menu.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\bike.jpg", "bike.jpg"),
        ("a] [b\tc.png", "a b c.png"),
        ("n" * 300 + ".pdf", "n" * 68 + "\u2026.pdf"),
        ("n" * 300, "n" * 79 + "\u2026"),
        ("", "image/png"),
    ],
)
def test_the_name_of_a_file_is_one_line(name: str, shown: str) -> None:
    assert text_of(bytes(hanging("Hi", (name, b"abc")))) == f"Hi\n[{shown}, 3 B]"


def test_many_files_are_counted() -> None:
    files = [(f"{n}.png", b"x") for n in range(12)]
    lines = text_of(bytes(hanging("Hi", *files))).split("\n")
    assert (len(lines), lines[1], lines[-2:]) == (12, "[0.png, 1 B]", ["[9.png, 1 B]", "[+2]"])


def test_a_file_that_was_not_read_to_its_end_has_no_size() -> None:
    text = text_of(bytes(hanging("Hi", ("a.png", b"x" * 100), ("b.png", b"y" * MOST_BYTES))))
    assert text == "Hi\n[a.png, 100 B]\n[b.png]"


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("iso-8859-1", b"caf\xe9", "caf\u00e9"),
        ("utf-8", b"caf\xc3\xa9", "caf\u00e9"),
        ("utf-8", b"caf\xe9", "caf\u00e9"),
        ("x-nobody-knows", b"caf\xc3\xa9", "caf\u00e9"),
        ("us-ascii", b"caf\xe9", "caf\u00e9"),
    ],
)
def test_a_charset_that_is_wrong_costs_no_words(charset: str, content: bytes, text: str) -> None:
    head = f'From: ana@example.com\r\nIn-Reply-To: <x@y>\r\nContent-Type: text/plain; charset="{charset}"\r\n\r\n'
    assert text_of(head.encode() + content) == text


def test_paragraphs_that_were_broken_are_whole_again() -> None:
    assert unfold("one \ntwo \nthree\nfour", joined=False) == "one two three\nfour"
    assert unfold("\u65e5 \n\u672c", joined=True) == "\u65e5\u672c"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (mail("x", sender=OURS), "ours"),
        (mail("x", sender="Bot@Shop.Example.com"), "ours"),
        (mail("x", Auto_Submitted="auto-replied"), "automatic"),
        (mail("x", Auto_Submitted="auto-generated; owner-email=a@b"), "automatic"),
        (mail("x", X_Auto_Response_Suppress="DR, OOF, AutoReply"), "automatic"),
        (mail("x", X_Autoreply="yes"), "automatic"),
        (mail("x", Precedence="auto_reply"), "automatic"),
        (mail("x", Return_Path="<>"), "automatic"),
        (mail("x", sender="MAILER-DAEMON@example.com"), "automatic"),
        (mail("x", sender="no-reply@example.com"), "automatic"),
        (mail("x", Precedence="bulk"), "list"),
        (mail("x", Precedence="junk"), "list"),
        (mail("x", List_Id="<all.example.com>"), "list"),
        (mail("x", List_Unsubscribe="<mailto:x@example.com>"), "list"),
        (mail("x", sender=""), "unreadable"),
        (b"From: a@example.com, b@example.com\r\n\r\nx", "unreadable"),
        (b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nx", "unreadable"),
        (b"", "unreadable"),
        (mail("", Subject=""), "empty"),
        (answer("> only quoted", Subject="Re: x"), "empty"),
    ],
)
def test_what_must_not_be_answered_is_left_alone(raw: bytes, why: str) -> None:
    assert why in LEFT
    assert read(raw) == why


def test_people_who_say_that_they_are_no_program_are_heard() -> None:
    assert text_of(answer("x", Auto_Submitted="no", X_Auto_Response_Suppress="DR, RN")) == "x"


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ("mx.example.org; dmarc=pass header.from=example.com", True),
        ("mx.example.org 1; spf=pass smtp.mailfrom=ana@example.com", True),
        ("mx.example.org; dkim=pass (2048) header.d=example.com; spf=fail", True),
        ("mx.example.org; dkim=fail header.d=example.com; spf=pass smtp.mailfrom=evil.test", False),
        ("mx.example.org; dkim=pass header.d=evil.test", False),
        ("mx.example.org; dkim=pass header.d=com", False),
        ("mx.example.org; dkim=pass header.d=sub.example.com", False),
        ("mx.example.org; none", False),
        ("mx.example.org; dmarc=fail", False),
        ("evil.test; dmarc=pass", False),
        ("mx.example.org.evil.test; dmarc=pass", False),
        ("mx.example.org; (dmarc=pass) none", False),
        ("", False),
    ],
)
def test_a_sender_is_who_our_own_server_says(results: str, proven: bool) -> None:
    found = read(answer("x", Authentication_Results=results), "MX.example.org")
    assert isinstance(found, Message) is proven
    assert proven or found == "unproven"


def test_the_first_word_of_our_own_server_counts() -> None:
    ours, forged = "Authentication-Results: mx.example.org; dmarc=fail\r\n", "mx.example.org; dmarc=pass"
    assert read(ours.encode() + answer("x", Authentication_Results=forged), "mx.example.org") == "unproven"


def report(
    action: str, status: str = "5.1.1", original: str = f"<{ID}@shop.example.com>", to: str = "ana@x.test"
) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.com\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nTo: {to}\r\nMessage-ID: {original}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_report_settles_the_mail_that_it_is_about() -> None:
    found = read(report("failed"))
    assert found == DeliveryStatus(
        f"<{ID}@shop.example.com>", "ana@x.test", "undelivered", ID, "5.1.1", channel="email"
    )
    whole = report("failed").replace(b"text/rfc822-headers", b"message/rfc822")
    assert read(whole) == found
    delivered = read(report("delivered", "2.0.0"))
    assert isinstance(delivered, DeliveryStatus)
    assert delivered.status == "delivered"


@pytest.mark.parametrize(
    "raw",
    [
        report("delayed", "4.4.1"),
        report("failed", original="<somebody@else.test>"),
        report("failed", original=f"<{ID}@other.test>"),
        report("failed", to="nobody"),
        report("read"),
    ],
)
def test_a_report_on_nothing_of_ours_says_nothing(raw: bytes) -> None:
    assert read(raw) == "report"


def test_a_mail_without_an_id_has_one_of_its_words() -> None:
    raw = mail("x", Message_ID="")
    first, second, other = read(raw), read(raw), read(mail("y", Message_ID=""))
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert isinstance(other, Message)
    assert first.provider_id == second.provider_id != other.provider_id
    long = read(mail("x", Message_ID=f"<{'i' * 400}@example.com>"))
    assert isinstance(long, Message)
    assert len(long.provider_id) <= 255


def test_a_mail_is_read_no_further_than_it_may_be() -> None:
    assert len(text_of(answer("word " * 100_000))) <= MOST_TEXT
    nested = b"From: a@example.com\r\n" + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' * 5_000
    assert read(nested) == "unreadable"
    assert read(mail("x") + b"\0" * MOST_BYTES) != "unreadable"


SOUP = st.lists(
    st.sampled_from([
        b"From: ana@example.com", b"From:", b"From: =?utf-8?q?=ff?= <a@b.c>", b"From: <@a:b@c.d>", b"To: x", b"",
        b"Content-Type: text/plain; charset=", b"Content-Type: multipart/mixed; boundary=", b"Content-Type: text/html",
        b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"Subject: =?x?b?!!?=", b"Message-ID: <",
        b"Subject: =?utf-16?b?AA?=", b"Content-Type: message/rfc822", b"Content-Type: multipart/report; boundary=b",
        b"Content-Type: message/delivery-status", b"Action: failed", b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: uuencode", b"begin 666 x", b"a\x00\xff\xfe", b"<p class='gmail_quote'>",
        b"&#x110000;",
        b"Content-Type: text/plain; format=flowed; delsp=yes; charset*=utf-8''x", b" folded", b"> x", b"On 1 wrote:",
    ]) | st.binary(max_size=30),
    max_size=30,
)  # fmt: skip


@given(SOUP)
@example([b"From: ana@example.com", b"Content-Type: text/plain; charset*0*=x''%", b"", b"x"])
def test_no_mail_breaks_the_reader(lines: list[bytes]) -> None:
    found = read(b"\r\n".join(lines), "mx.example.org")
    assert isinstance(found, Message | DeliveryStatus) or found in LEFT
    if isinstance(found, Message):
        assert found.text.encode()
        assert len(found.provider_id) <= 255
        assert len(found.sender) <= 254


@given(st.text(max_size=200))
def test_what_python_writes_is_read(text: str) -> None:
    raw = answer(text)
    expected = own_words(str(BytesParser(policy=email.policy.default).parsebytes(raw).get_content()))
    found = read(raw)
    assert found == "empty" if not expected else isinstance(found, Message)
