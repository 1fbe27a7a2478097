"""A line of the log that holds a number or a secret after all, such as a library's, is masked (P4, P5)."""

from textback.cli.logs import masked


def test_words_and_numbers_are_masked_and_ids_are_not() -> None:
    line = {
        "event": "request to +12065550123 failed: Bearer abc123def456ghi789",
        "trace": "1a1ff2e39f90000339e0f281",
        "contact": "123456789012345678901234",
        "webhook": "https://texts.example.com/webhooks/telnyx",
        "count": 4111111111111111,
        "why": "card 4111 1111 1111 1111",
    }
    assert masked(None, "error", dict(line)) == {
        **line,
        "event": "request to [phone] failed: Bearer [key]",
        "why": "card [card]",
    }


def test_what_we_write_ourselves_stays_as_it_is() -> None:
    for said in ("no answer in 5 seconds", "listening on http://127.0.0.1:8000", "2026-11-21T17:36:22Z", "30007"):
        assert masked(None, "info", {"event": said}) == {"event": said}
