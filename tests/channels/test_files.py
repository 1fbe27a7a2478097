"""Which files go with a text: what each provider takes, by what is known of a file."""

import pytest

from textback.channels.files import ANY, MB, Files, type_of, unfit, words
from textback.channels.registry import PROVIDERS
from textback.engine.arrivals import Media

MAP = "https://www.example.com/map"


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Media(f"{MAP}.PNG"), "image/png"),
        (Media(f"{MAP}.png?size=2#top"), "image/png"),
        (Media(f"{MAP}.png", "Application/PDF; q=1"), "application/pdf"),
        (Media(MAP), ""),
        (Media("https://www.example.com"), ""),
        (Media("https://www.example.com/v1.2/map"), ""),
        (Media(f"{MAP}.unheard"), ""),
    ],
)
def test_the_type_of_a_file_is_what_was_said_or_how_its_address_ends(media: Media, kind: str) -> None:
    assert type_of(media) == kind


@pytest.mark.parametrize(
    ("provider", "media", "code", "place"),
    [
        ("twilio", [Media(MAP, "image/png", 5 * MB)], "", -1),
        ("twilio", [Media(MAP, "image/png", 5 * MB + 1)], "media_too_large", 0),
        ("twilio", [Media(MAP), Media(MAP, "application/pdf", 500 * 1024 + 1)], "media_too_large", 1),
        ("twilio", [Media(MAP, "application/pdf", 500 * 1024)], "", -1),
        ("twilio", [Media(MAP, "", 90 * MB)], "", -1),
        ("twilio", [Media(f"{MAP}.html")], "media_type", 0),
        ("twilio", [Media(f"{MAP}.html", "image/png")], "", -1),
        ("telnyx", [Media(MAP, "image/png", MB // 2), Media(MAP, "image/png", MB // 2)], "", -1),
        ("telnyx", [Media(MAP, "image/png", MB // 2), Media(MAP, "", MB // 2 + 1)], "media_too_large", -1),
        ("plivo", [Media(MAP, "video/mp4", 5 * MB + 1)], "media_too_large", -1),
        ("bird", [Media(f"{MAP}.gif")], "", -1),
        ("bird", [Media(f"{MAP}.pdf")], "media_type", 0),
        ("slack", [Media(f"{MAP}.zip", "", 900 * MB)], "", -1),
        ("whatsapp", [Media(f"{MAP}.docx")], "", -1),
    ],
)
def test_what_does_not_fit_is_named(provider: str, media: list[Media], code: str, place: int) -> None:
    spec = PROVIDERS[provider]
    assert spec.traits is not None
    bad = unfit(spec.title, spec.traits.files, media)
    assert (("", -1) if bad is None else (bad.code, bad.place)) == (code, place)
    assert bad is None or spec.title in bad.why


def test_what_goes_as_an_address_in_the_words_may_be_anything() -> None:
    for spec in PROVIDERS.values():
        if spec.traits is not None and "as an address" in spec.traits.media:
            assert spec.traits.files == ANY, spec.name


def test_a_size_is_said_in_words() -> None:
    assert [words(one) for one in (Files(other=500 * 1024).other, 5 * MB)] == ["500 KB", "5 MB"]
