"""STOP, START and HELP are recognised however they are dressed up (O2), and never inside a sentence (O5, O9)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.compliance.detect import LONGEST, Keyword, keyword, normalise
from textback.compliance.keywords import LISTS, Kind

# Rule V1 and section 4 of the rule sheet: every word that some provider honours, honoured on every line.
STOP = {
    "FCC": "stop|quit|end|revoke|opt out|cancel|unsubscribe",
    "Twilio": "STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT",
    "Telnyx": "STOP|STOPALL|STOP ALL|UNSUBSCRIBE|CANCEL|END|QUIT",
    "Plivo": "STOP|END|QUIT|CANCEL|UNSUB|STOP ALL",
    "Vonage": "STOP|END|QUIT|CANCEL|UNSUBSCRIBE",
    "Bird": "stop|stopall|end|quit|cancel|unsubscribe|arret|halt|detener|parar|ferma|ОСТАНОВИТЬ|ZATRZYMAJ",
    "AWS": "ARRET|CANCEL|END|OPT-OUT|OPTOUT|QUIT|REMOVE|STOP|TD|UNSUBSCRIBE",
    "local": "ALTO|BAJA|ARRETER|SAIR|STOPP|ABMELDEN|ARRÊT|ARRÊTER",
}
START = {
    "Twilio": "START|UNSTOP",
    "Telnyx": "START|UNSTOP",
    "Plivo": "START|UNSTOP",
    "Vonage": "START|JOIN",
    "Bird": "start|begin|resume|revert|unstop",
}
HELP = {
    "Twilio": "HELP|INFO",
    "Telnyx": "HELP",
    "Bird": "help|info|aide|hilfe|ayuda|ajuda|aiuto",
}
FAMILIES = {"stop": STOP, "start": START, "help": HELP, "yes": {"Twilio": "YES"}}
WORDS = [
    pytest.param(kind, word, id=f"{kind}-{source}-{word}")
    for kind, lists in FAMILIES.items()
    for source, words in lists.items()
    for word in words.split("|")
]
#: Ways people and phones dress a word up without meaning anything else (O2).
DRESSES: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "spaces": lambda w: f"  {w} \t",
    "newlines": lambda w: f"\r\n{w}\n\n",
    "no-break space": lambda w: f"\u00a0{w}\u202f",
    "full stop": lambda w: f"{w}.",
    "shouted": lambda w: f"{w}!!!",
    "spanish": lambda w: f"¡{w}!",
    "straight quotes": lambda w: f'"{w}"',
    "curly quotes": lambda w: f"“{w}”",
    "single curly quotes": lambda w: f"‘{w}’",
    "guillemets": lambda w: f"«{w}»",
    "brackets": lambda w: f"[{w}]",
    "emoji": lambda w: f"🛑 {w} 🙏🏽",
    "emoji joined": lambda w: f"{w}❤️",
    "nul": lambda w: f"{w}\x00",
    "replacement character": lambda w: f"{w}\ufffd",
    "byte order mark": lambda w: f"\ufeff{w}",
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "direction marks": lambda w: f"\u202e{w}\u202c",
    "full width": lambda w: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in w),
    "accents": lambda w: "".join(f"{c}\u0301" if c.isalpha() else c for c in w),
    "twice": lambda w: f"{w} {w}",
    "thrice": lambda w: f"{w}! {w}! {w}!",
    "dashed signature": lambda w: f"{w}\n-- \nJo from example.com",
    "phone's signature": lambda w: f"{w}\n\nSent from my iPhone",
}


@pytest.mark.parametrize(("kind", "word"), WORDS)
def test_every_word_of_every_provider_is_recognised(kind: str, word: str) -> None:
    """V1: the union of the lists of section 4."""
    found = keyword(word)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(
    ("kind", "word"), [("stop", "stop"), ("stop", "unsubscribe"), ("start", "unstop"), ("help", "help"), ("yes", "yes")]
)
def test_dress_changes_nothing(kind: Kind, word: str, dress: str) -> None:
    """O2: whatever surrounds a keyword, or however it is written, it is the keyword."""
    assert keyword(DRESSES[dress](word)) == Keyword(kind, word)


@given(st.sampled_from([(entry.kind, word) for entry in LISTS for word in entry.words]), st.data())
def test_any_two_dresses_change_nothing(entry: tuple[str, str], data: st.DataObject) -> None:
    """O2, for all words: any two ways of writing it together still read as the same kind."""
    kind, word = entry
    ways = [name for name in DRESSES if name not in ("twice", "thrice")]
    inner = data.draw(st.sampled_from([name for name in ways if "signature" not in name]))
    outer = data.draw(st.sampled_from(ways))
    found = keyword(DRESSES[outer](DRESSES[inner](word)))
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("S.T.O.P.", "stop", "stop"),
        ("s t o p", "stop", "stop"),
        ("S-T-O-P!", "stop", "stop"),
        ("STOOOOP", "stop", "stop"),
        ("stoppp", "stop", "stop"),
        ("QUITTTT!!", "stop", "quit"),
        ("stopalllll", "stop", "stopall"),
        ("Stop-All", "stop", "stop all"),
        ("stop all stop all", "stop", "stop all"),
        ("opt-out", "stop", "opt out"),
        ("OPT_OUT", "stop", "opt out"),
        ("opt  out", "stop", "opt out"),
        ("opt  \n out", "stop", "opt out"),
        ("Arrêt", "stop", "arret"),
        ("ARRE\u0302T", "stop", "arret"),
        ("Arrêter.", "stop", "arreter"),
        ("¡Alto!", "stop", "alto"),
        ("¿Ayuda?", "help", "ayuda"),
        ("Остановить!", "stop", "остановить"),
        ("heeeelp", "help", "help"),
        ("Help?", "help", "help"),
        ("Un-stop", "start", None),
        ("𝐒𝐓𝐎𝐏", "stop", "stop"),
        ("ˢᵗᵒᵖ", "stop", "stop"),
        ("Ⓢⓣⓞⓟ", "stop", "stop"),
        ("ST\u041eP", "stop", "stop"),  # a Cyrillic O
        ("ЅТОР", "stop", "stop"),  # all Cyrillic look-alikes
        ("ΕΝD", "stop", "end"),  # Greek epsilon and nu
        ("STOP\nGet Outlook for Android", "stop", "stop"),
        ("BAJA\nEnviado desde mi iPhone", "stop", "baja"),
        ("ABMELDEN\nVon meinem iPhone gesendet", "stop", "abmelden"),
        ("-- \nSTOP", "stop", "stop"),
    ],
)
def test_variants(text: str, kind: str, word: str | None) -> None:
    """O2: look-alikes, repeats, spelled-out letters, signatures."""
    found = keyword(text)
    if word is None:
        assert found is None
    else:
        assert found is not None
        assert (found.kind, found.word) == (kind, word)


@pytest.mark.parametrize("text", ["ЅТОР 🛑", "“ЅТОР”", "«ЅТОР»", "ЅТ\u200bОР", "ЅТОР…🙏"])
def test_look_alikes_are_mapped_whatever_surrounds_them(text: str) -> None:
    """O2: an emoji, a quote or an invisible character beside look-alike letters does not save the sender."""
    assert keyword(text) == Keyword("stop", "stop")


@pytest.mark.parametrize("padding", [" ", "!", ".", "\u200b", "🛑", "!?"])
def test_padding_of_any_length_changes_nothing(padding: str) -> None:
    """O2: STOP and three hundred exclamation marks is still STOP."""
    assert keyword("STOP" + padding * 300) == Keyword("stop", "stop")


def test_a_french_phones_signature_is_no_part_of_the_message() -> None:
    """O2: signature lines are ignored, with their accents as phones write them."""
    assert keyword("ARRET\nEnvoyé de mon iPhone") == Keyword("stop", "arret")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "🛑",
        "\x00",
        "Please stop by at 5",
        "I can't stop laughing",
        "stop it",
        "don't stop",
        "nonstop",
        "bus stop",
        "stops",
        "stopped",
        "stopover",
        "end of the day",
        "the end",
        "end it",
        "weekend",
        "cancel my order",
        "cancel my 3pm",
        "Cancelled?",
        "can cel",
        "quit smoking program",
        "I quit",
        "revoked",
        "opt out of what?",
        "opt in",
        "start over",
        "when do you start?",
        "let's start",
        "begin at noon",
        "help me find a time",
        "can you help?",
        "helpful",
        "info please",
        "more info",
        "yes please",
        "yes and no",
        "yesterday",
        "no",
        "ok",
        "STOP 2",
        "st op",
        "quite",
        "bend",
        "stoop",
        "una ayuda",
        "тормоз",
        "стоп-кадр",
        "Sent from my iPhone",
        "I said stop\nSent from my iPhone",
        "x" * 10_000,
        "stop " + "x" * LONGEST,
    ],
)
def test_a_word_inside_something_else_is_no_keyword(text: str) -> None:
    """O5, O9: only a whole message is a keyword; stop by, cancel my order and start over are conversation."""
    assert keyword(text) is None


WORDS_IN_SENTENCES = st.sampled_from(sorted({word for entry in LISTS for word in entry.words}))
OTHER_WORDS = st.sampled_from("the table for my please tomorrow at order dentist two 5pm".split())


@given(WORDS_IN_SENTENCES, st.lists(OTHER_WORDS, min_size=1, max_size=8), st.integers(0, 8))
def test_no_sentence_with_other_words_is_a_keyword(word: str, others: list[str], place: int) -> None:
    """O5: whatever the word and wherever it stands."""
    sentence = [*others]
    sentence.insert(place, word)
    assert keyword(" ".join(sentence)) is None


@given(st.text(st.characters()))
def test_reading_never_fails_and_settles_at_once(text: str) -> None:
    """O2 is a normal form: a text that has been normalised reads the same as before and stays as it is."""
    plain = normalise(text)
    assert normalise(plain) == plain
    keyword(text)


@pytest.mark.parametrize("text", ["осе😀", "“асе”", "ᄀ\u200bᅡ"])
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """O2, for texts that one pass left half done."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.characters(), max_size=60))
def test_a_text_and_its_normal_form_mean_the_same(text: str) -> None:
    """O2: what keywords see is the normal form and nothing else."""
    assert keyword(text) == keyword(normalise(text))
