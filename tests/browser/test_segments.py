"""The meter in the browser counts as the server does (rules E1 and E2); the server's count is the one that holds."""

import random

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows
from textback.core.text import GSM_BASIC, GSM_EXTENDED, plain, segments

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}"
BIKE = "\N{BICYCLE}"
EURO = "€"

TEXTS = {
    "empty": "",
    "one letter": "a",
    "a space": " ",
    "a line feed": "\n",
    "a line": "We open at 9 and close at 6. Text BOOK for a visit.",
    "159": "a" * 159,
    "160": "a" * 160,
    "161": "a" * 161,
    "2 parts full": "a" * 306,
    "2 parts and 1": "a" * 307,
    "3 parts full": "a" * 459,
    "3 parts and 1": "a" * 460,
    "10 parts full": "a" * 1530,
    "10 parts and 1": "a" * 1531,
    "the most": "a" * 1600,
    "extended at the end of 160": "a" * 158 + EURO,
    "extended over 160": "a" * 159 + EURO,
    "extended over the cut": "a" * 152 + EURO + "a" * 20,
    "extended just before the cut": "a" * 151 + EURO + "a" * 20,
    "extended over the second cut": "a" * 152 + EURO + "a" * 150 + EURO + "a",
    "full only but for the escape": "a" * 152 + EURO + "a" * 151,
    "full and one more": "a" * 152 + EURO + "a" * 152,
    "80 euros": EURO * 80,
    "81 euros": EURO * 81,
    "153 euros": EURO * 153,
    "154 euros": EURO * 154,
    "every extended": "^{}\\[~]|€",
    "form feed": "page\fpage",
    "every basic": "".join(sorted(GSM_BASIC)),
    "every basic twice": "".join(sorted(GSM_BASIC)) * 2,
    "backtick": "a `quoted` word",
    "tab": "a\tb",
    "carriage return": "a\rb",
    "CRLF": "one\r\ntwo\r\nthree",
    "CRLF at 160": "a" * 158 + "\r\n",
    "CRLF over 160": "a" * 159 + "\r\n",
    "CRLF over the cut": "a" * 152 + "\r\n" + "a" * 20,
    "Spanish that fits": "¿Qué bici es? Mañana él no.",
    "Spanish that does not": "Sí, a las 9. ¿Cuál?",
    "German": "Größe XL, Öl für Räder, Schlüssel übrig",
    "French": "Ça va, où ça, à l'école",
    "cedilla small": "français",
    "Greek capitals": "ΔΦΓΛΩΠΨΣΘΞ",
    "Greek small": "αβγ",
    "Cyrillic": "Привет, велосипед готов",
    "Arabic": "مرحبا، دراجتك جاهزة",
    "Hebrew": "שלום",
    "Chinese": "你好，自行车修好了",
    "curly apostrophe": "We’re open",
    "curly in a long text": "a" * 69 + "’",
    "UCS 70": "ж" * 70,
    "UCS 71": "ж" * 71,
    "UCS 2 parts full": "ж" * 134,
    "UCS 2 parts and 1": "ж" * 135,
    "UCS 3 parts full": "ж" * 201,
    "UCS 3 parts and 1": "ж" * 202,
    "letters made UCS": "a" * 133 + "ж",
    "letters made UCS and 1": "a" * 134 + "ж",
    "an emoji": BIKE,
    "35 emoji": BIKE * 35,
    "36 emoji": BIKE * 36,
    "33 emoji and a letter": BIKE * 33 + "a",
    "emoji over the cut": "a" * 66 + BIKE + "a" * 10,
    "emoji just before the cut": "a" * 65 + BIKE + "a" * 10,
    "emoji over both cuts": "a" * 66 + BIKE + "a" * 64 + BIKE + "a" * 3,
    "surrogates leave a gap in every part": BIKE * 67,
    "and one more": BIKE * 68,
    "a family": FAMILY,
    "families": FAMILY * 7,
    "a family over the cut": "a" * 64 + FAMILY + "a" * 20,
    "a flag": "\U0001f1fa\U0001f1f8",
    "skin tone": "\U0001f44d\U0001f3fd ok",
    "keycap": "1\ufe0f\u20e3",
    "combining": "e\u0301cole",
    "zero width": "a\u200bb",
    "no-break space": "9\u00a0am",
    "outside and inside": "a" * 100 + EURO * 10 + BIKE,
    "long mixed": ("Price: 90€ [tune-up] " + BIKE) * 12,
}

PLAIN = {
    "apostrophe": "We’re open",
    "quotes": "“Yes”, she said, ‘no’ „low“",
    "dashes": "9–6 — or ‐ and ‑ and ‒ and −",
    "ellipsis": "Wait…",
    "spaces": "9\u00a0am\u2009to\u202f6\tpm",
    "nothing seen": "a\u200bb\u2060c\ufeffd",
    "feet and inches": "6′ 2″",
    "backtick": "`code`",
    "what has no twin": "• Привет",
    "an address": "See https://example.com/a–b’c… and “that”",
    "an address without its scheme": "www.example.com/“x” — now",
    "an emoji": "“" + BIKE + "”",
}


def generated(count: int, seed: int = 20_261_117) -> list[str]:
    """Texts of every kind and length around the cuts, always the same ones."""
    chance = random.Random(seed)
    letters = sorted(GSM_BASIC)
    extended = sorted(GSM_EXTENDED)
    foreign = ["ж", "’", "中", "\u200d", BIKE, "\U0001f469", "é\u0301", "\r\n", "`"]
    texts = []
    for _ in range(count):
        pool = letters * 3 + extended * chance.choice([0, 1, 8])
        if chance.random() < 0.5:
            pool = pool + foreign * chance.choice([1, 20])
        near = chance.choice([5, 68, 71, 134, 135, 153, 160, 162, 306, 460])
        texts.append("".join(chance.choice(pool) for _ in range(max(0, near + chance.randint(-4, 4)))))
    return texts


@pytest.fixture(scope="module")
def counter(browser: Browser, demo: Site) -> Page:
    """A page of the product, in which its modules can be loaded."""
    page = browser.new_page(base_url=demo.url)
    page.goto("/login")
    return page


def module(page: Page) -> str:
    """The address of segments.js, as desk.js imports it."""
    desk = page.locator("script[type=module][src*='desk.js']").get_attribute("src")
    assert desk
    return desk.replace("desk.js", "segments.js")


def in_browser(page: Page, texts: list[str], name: str) -> list[object]:
    """What the browser's function says of each text, asked all at once."""
    script = "async ([url, name, texts]) => { const m = await import(url); return texts.map((t) => m[name](t)); }"
    answers: list[object] = page.evaluate(script, [module(page), name, texts])
    assert len(answers) == len(texts)
    return answers


def on_server(text: str) -> dict[str, object]:
    """The server's count in the browser's shape."""
    size = segments(text)
    return {
        "encoding": size.encoding,
        "count": size.count,
        "used": size.used,
        "capacity": size.capacity,
        "strange": list(size.culprits),
    }


def differences(page: Page, texts: dict[str, str]) -> dict[str, tuple[object, object]]:
    """Browser and server, for each text on which they differ."""
    told = in_browser(page, list(texts.values()), "segments")
    pairs = {name: (theirs, on_server(text)) for (name, text), theirs in zip(texts.items(), told, strict=True)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def test_the_meter_counts_known_texts_as_the_server_does(counter: Page) -> None:
    assert len(set(TEXTS.values())) >= 60
    assert differences(counter, TEXTS) == {}


def test_the_meter_counts_any_text_as_the_server_does(counter: Page) -> None:
    texts = generated(200)
    kinds = {(segments(text).encoding, min(segments(text).count, 3)) for text in texts}
    assert len(kinds) == 6, "the generated texts should reach one, two and more parts in both encodings"
    assert differences(counter, {f"{n}: {text!r}": text for n, text in enumerate(texts)}) == {}


def test_make_it_plain_does_what_the_server_does(counter: Page) -> None:
    told = in_browser(counter, list(PLAIN.values()), "plain")
    assert dict(zip(PLAIN, told, strict=True)) == {name: plain(text) for name, text in PLAIN.items()}


def test_the_composer_says_what_a_text_costs(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    customer.get_by_label("Text as the customer").fill("I want a person")
    customer.keyboard.press("Enter")
    customer.get_by_role("link", name="See it on the desk").click()
    customer.get_by_role("button", name="Take over").click()
    field, meter = customer.get_by_label("Text to"), customer.locator("#meter")
    expect(meter).to_be_hidden()
    field.fill("Friday at 4")
    expect(meter).to_have_text("1 segment, 11 of 160 ", use_inner_text=True)
    field.fill("a" * 161)
    expect(meter).to_contain_text("2 segments, 161 of 306")
    expect(meter.locator("rect.bar--full")).to_have_count(2)
    field.fill("We’re open. " + "a" * 80)
    expect(meter).to_contain_text("2 segments, ’ forces UCS-2")
    meter.get_by_role("button", name="Make it 1").click()
    expect(field).to_have_value("We're open. " + "a" * 80)
    expect(meter).to_contain_text("1 segment, 92 of 160")
    expect(meter.get_by_role("button")).to_be_hidden()
    field.fill("")
    expect(meter).to_be_hidden()
