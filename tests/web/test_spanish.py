"""The pages that are translated, in Spanish: no words of ours stand there in English."""

import re
from html import unescape
from pathlib import Path

import pytest

from tests.web.conftest import Browser, Site
from textback.web.phrases import for_scripts, phrases

WEB = Path(__file__).parents[2] / "src" / "textback" / "web"
#: The template that stays in English: a record of consent, for whoever must prove it.
ENGLISH = {"proof.html"}
#: Templates whose words all go through `_()`: all others, so that a new one is translated when it is made.
TRANSLATED = sorted({path.name for path in (WEB / "templates").glob("*.html")} - ENGLISH)
#: Scripts whose words all go through `say()`.
SCRIPTS = (
    "bell.js", "bubbles.js", "commandbar.js", "composer.js", "desk.js", "flows.js", "history.js", "keys.js", "leads.js",
    "lines.js", "list.js", "merge.js", "merging.js", "rows.js", "templates.js", "thread.js",
)  # fmt: skip
#: What is the same in every language: names of keys and the brand, and what a form carries to the server.
SAME = {
    "Textback",
    "Ctrl K",
    "Ctrl Enter",
    "Esc",
    "Wrong",
    "Not what they asked",
    "Tone",
    "Too long",
    "Yes",
    "No",
    "{service}",
    # Commands, names in files, and the addresses and tags that are to be copied or are an example.
    "textback demo",
    "textback lines add",
    "textback consent import",
    "contact.NAME",
    "model",
    "visit_reminder",
    "book_visit",
    "https://www.example.com/hooks/texts",
    '&lt;script src="',
    "/web/",
    '/widget.js" async&gt;&lt;/script&gt;',
    "/webhooks/",
    "ms",
}
_SAID = re.compile(r"\b(?:_|say)\(\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
_TEXTS = re.compile(r"""(?:textContent\s*=|textContent:|title\s*=|aria-label",|complain\(|alt\s*=)\s*(["`])(.*?)\1""")
_SENTENCE = re.compile(r"""(["`])([A-Z][a-z]+(?: [^"`]*)?)\1""")


def english_in(template: str) -> list[str]:
    """The words of a template that are said in English to everybody."""
    source = re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)
    found = []
    for code in re.findall(r"\{[{%](.*?)[%}]\}", source, re.DOTALL):
        for one, two in re.findall(r"'([^']*)'|\"([^\"]*)\"", _SAID.sub("", code)):
            words = one or two
            if re.match(r"[ ,]*[A-Z][a-z]", words) and "<" not in words:
                found.append(words)
    source = re.sub(r"\{% block (?:body_class|body_data) %\}.*?\{% endblock %\}", "", source)
    body = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\x01", source, flags=re.DOTALL)
    found += re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*[A-Za-z][^"]*)"', body)
    texts = re.sub(r"<[^<>]*>", "\x01", body)
    found += [one.strip() for one in re.split("[\x01\n]", texts) if re.search(r"[A-Za-z]{2}", one)]
    return [one for one in found if one.strip(" ·\x01") not in SAME]


def test_english_templates_are_there() -> None:
    assert sorted(ENGLISH - {path.name for path in (WEB / "templates").glob("*.html")}) == []
    assert [name for name in ENGLISH if not english_in((WEB / "templates" / name).read_text("utf-8"))] == []


@pytest.mark.parametrize("name", TRANSLATED)
def test_all_words_of_a_page_can_be_translated(name: str) -> None:
    assert english_in((WEB / "templates" / name).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "template",
    ["<p>Hello there</p>", '<a title="Open it">{{ x }}</a>', "{{ 'Show more' if a else b }}", "<b>{{ n }} of them</b>"],
)
def test_english_in_a_template_is_seen(template: str) -> None:
    assert english_in(template)


@pytest.mark.parametrize("name", SCRIPTS)
def test_all_words_of_a_script_can_be_translated(name: str) -> None:
    source = (WEB / "static" / name).read_text("utf-8")
    lines = [line.split(" // ")[0] for line in source.splitlines() if not line.lstrip().startswith(("//", "import"))]
    said = re.sub(r'\bsay\("[^"]*"', "", "\n".join(lines))
    shown = [words for _, words in _TEXTS.findall(said) if re.search(r"[A-Za-z]{2}", re.sub(r"\$\{[^}]*\}", "", words))]
    keys = {"Enter", "Escape", "Tab", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Notification", "Accept"}
    sentences = [words for _, words in _SENTENCE.findall(said) if words not in keys and not words.startswith("UCS")]
    assert (shown, sentences) == ([], [])


def test_scripts_get_their_words_and_english_pages_none(site: Site) -> None:
    person = site.person("owner")
    page = person.get("/desk/all", headers={"Accept-Language": "es-MX"}).text
    assert '<script type="application/json" id="words">{"' in page
    assert '"Reconnecting, showing {time}":"Reconectando' in page
    assert 'id="words"' not in person.get("/desk/all").text
    assert for_scripts("en") == ""
    assert "<" not in for_scripts("es")


_SPANISH = phrases("es")
#: Our phrases but those that are too short, a name of a language in its own word, or Spanish too, of this phrase or of
#: another one: "Personas" are people.
_LONG = [one for one in _SPANISH if len(one) > 5 and one not in (*_SPANISH.values(), "English") and "{" not in one]
#: What these pages say that is not ours: what people write, names, words of a flow's author, and a state as it is kept.
_WRITTEN = re.compile(
    r'<p class="msg__text".*?</p>|<span class="row__snip">.*?</span>|<textarea.*?</textarea>|<h3[^>]*>.*?</h3>|'
    r'<script.*?</script>|<ins>.*?</ins>|<del>.*?</del>|data-\w+="[^"]*"|value="[^"]*"|<p class="ask.*?</p>|'
    r'<a class="file__name.*?</a>',
    re.DOTALL,
)


def left_in_english(page: str) -> list[str]:
    """Our own English phrases that stand on a page as a text or as what an attribute says."""
    shown = unescape(_WRITTEN.sub(" ", page))
    words = re.split(r"<[^<>]*>|\n", shown) + re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', shown)
    texts = {one.strip(" ,.·") for one in words}
    return sorted(one for one in _LONG if one.strip(" ,.·") in texts)


@pytest.fixture
def agent(site: Site) -> Browser:
    made = site.person("owner", "Ana Ruiz")
    made.headers["Accept-Language"] = "es-419,es;q=0.9"
    return made


def test_english_on_a_page_is_seen(site: Site) -> None:
    page = site.person("owner").get("/desk/mine").text
    assert {"Conversations", "Needs you", "Search"} <= set(left_in_english(page))


@pytest.mark.parametrize("view", ["needs-you", "mine", "bot", "all", "snoozed", "completed"])
def test_lists_are_in_spanish(site: Site, agent: Browser, view: str) -> None:
    page = agent.get(f"/desk/{view}").text
    assert '<html lang="es">' in page
    assert left_in_english(page) == []


def test_a_conversation_is_in_spanish(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    waits = agent.get(f"/c/{contact}?view=all").text
    assert left_in_english(waits) == []
    assert "Espera a una persona" in waits
    assert "El bot se detuvo y pidió una persona." in waits
    agent.submit(f"/c/{contact}/take")
    agent.submit(f"/c/{contact}/note", text="Una nota")
    agent.submit(f"/c/{contact}/reply", text="Hola, soy Ana")
    mine = agent.get(f"/c/{contact}?view=mine").text
    assert left_in_english(mine) == []
    assert "La tiene usted" in mine
    assert "Usted tomó la conversación" in mine
    agent.submit(f"/c/{contact}/snooze", **{"for": "tomorrow"})
    agent.submit(f"/c/{contact}/priority", priority="urgent")
    later = agent.get(f"/c/{contact}?view=all").text
    assert left_in_english(later) == []
    assert "Usted la pospuso" in later
    assert "Usted puso la prioridad en urgente" in later
    agent.submit(f"/c/{contact}/complete")
    assert "Usted la completó" in agent.get(f"/c/{contact}?view=all").text
    assert left_in_english(agent.get(f"/contacts/{contact}").text) == []
    assert left_in_english(agent.get(f"/leads?open={contact}").text) == []
    for path in ("card", "merge", "saved"):
        assert left_in_english(agent.get(f"/c/{contact}/{path}?view=all").text) == []
    assert left_in_english(agent.get("/search?q=hola").text) == []


@pytest.mark.parametrize(
    "path",
    [
        "/account", "/account/two-step", "/settings/people", "/settings/teams", "/settings/sign-in",
        "/settings/replies", "/settings/webhooks", "/settings/keys", "/settings/audit", "/settings/fields",
        "/settings/routing", "/settings/tags", "/leads/import", "/compliance", "/compliance/numbers",
        "/compliance/lists", "/compliance/ledger", "/lines", "/dead-letters", "/dead-letters/all?do=discard",
        "/templates", "/templates/new", "/templates/approvals", "/models", "/models/try",
        "/models/learn", "/try/12065550163", "/flows", "/flows?v=1", "/flows/edit/flows/quote.yml",
        "/flows/edit/bot.yml?v=1", "/flows/try", "/flows/versions", "/flows/versions?from=1&to=1",
    ],
)  # fmt: skip
def test_other_pages_are_in_spanish(agent: Browser, path: str) -> None:
    answer = agent.get(path)
    assert answer.status_code == 200
    assert left_in_english(answer.text) == []


def test_signing_in_is_in_spanish(site: Site) -> None:
    page = site.browser(headers={"Accept-Language": "es"}).get("/login").text
    assert '<html lang="es">' in page
    assert left_in_english(page) == []


def test_an_opt_out_is_in_spanish(site: Site, agent: Browser) -> None:
    contact = site.contact("hi", "STOP")
    page = agent.get(f"/c/{contact}?view=all").text
    assert left_in_english(page) == []
    assert "Se dio de baja. No se le envía nada." in page


def test_what_went_wrong_is_in_spanish(site: Site, agent: Browser) -> None:
    agent.headers["Accept"] = "text/html"
    assert "No existe esa conversación." in agent.get("/c/nobody").text
    assert "No hay nada en esta dirección." in agent.get("/nowhere").text
    contact = site.waiting()
    agent.submit(f"/c/{contact}/take")
    assert "No hay nada que enviar." in agent.submit(f"/c/{contact}/reply", text="").text
    told = agent.submit("/desk/bulk", do="complete").text
    assert "Seleccione antes conversaciones." in told


def test_consent_erasing_and_the_simulator_are_in_spanish(site: Site, agent: Browser) -> None:
    contact = site.waiting()
    agent.submit(f"/c/{contact}/consent", wording="Ofertas", action="Dijo que sí", source="Llamada")
    consent = agent.get(f"/c/{contact}/consent").text
    assert left_in_english(consent) == []
    assert "promocionales: aceptado" in consent
    assert left_in_english(agent.get(f"/c/{contact}/erase").text) == []
    agent.submit("/try/12065550164/text", text="hi")
    turn = agent.get("/try/12065550164").text
    assert "Turno 1" in turn
    assert "Revisado en este orden" in turn
    assert left_in_english(turn) == []


def test_what_is_found_made_and_refused_is_in_spanish(site: Site, agent: Browser) -> None:
    site.contact("hi", "STOP")
    assert "Escríbalo como" in agent.submit("/compliance/numbers", number="nobody").text
    known = agent.submit("/compliance/numbers", number="+12065550123").text
    assert left_in_english(known) == []
    made = agent.submit("/settings/keys", name="tienda", all="1").text
    assert left_in_english(made) == []
    assert "La clave tienda" in made
    assert "Diga para qué sirve." in agent.submit("/settings/keys", name="otra").text
    hook = agent.submit("/settings/webhooks", url="https://hooks.example.com/x", events="message.*").text
    assert left_in_english(hook) == []
    assert "Desde ahora se le avisa." in hook
    assert "Escriba cómo lo pidió." in agent.submit(f"/c/{site.waiting()}/opt-out", reason="").text


def test_a_language_that_is_set_counts_more_than_the_browsers(site: Site, agent: Browser) -> None:
    agent.submit("/account/language", language="en")
    assert '<html lang="en">' in agent.get("/desk/all").text
    agent.submit("/account/language", language="es")
    agent.headers["Accept-Language"] = "en"
    assert left_in_english(agent.get("/desk/all").text) == []
    # Programs are answered in English, whoever asked last.
    assert "Ese" not in site.browser().get("/v1/contacts").text
