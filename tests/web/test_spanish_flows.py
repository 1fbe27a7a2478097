"""The flows pages in Spanish: what is done and refused there, and that what is kept stays as it is."""

import re
from collections.abc import Iterator
from contextvars import copy_context

import pytest

from tests.web.conftest import Browser, Site
from tests.web.test_flowgraph import FLOWS, tangle
from tests.web.test_flows import BOOK, HOURS, content, publish, save, says
from tests.web.test_spanish import left_in_english
from textback.engine.bot import Flow
from textback.engine.nodes.registry import KINDS as STEPS
from textback.web.flowview import KINDS, View, view
from textback.web.phrases import speak


@pytest.fixture
def owner(site: Site) -> Iterator[Browser]:
    """An owner who reads Spanish, and no draft before and after."""
    made = site.person("owner", "Ana Ruiz")
    made.headers["Accept-Language"] = "es-419,es;q=0.9"
    made.headers["Accept"] = "text/html"
    made.submit("/flows/discard")
    yield made
    made.submit("/flows/discard")


def drawn(flow: Flow) -> View:
    """A flow as its page shows it in Spanish."""

    def work() -> View:
        speak("es")
        return view(flow, {}, [])

    return copy_context().run(work)


def test_a_draft_is_saved_compared_and_published(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    checked = save(owner, text + "# una\n", seen, do="check")[1]
    assert left_in_english(checked) == []
    assert "Se revisó, sin guardar." in checked
    assert save(owner, text + "# una\n", seen)[0] == 303
    page = owner.get("/flows").text
    assert left_in_english(page) == []
    assert "1 archivo difiere de la versión" in page
    assert '<span class="chip chip--human">cambiado</span>' in page
    assert re.search(r"Guardado: \d+:\d\d [ap]\. m\. por usted\.", page)
    live = site.app.road.shelf.current.version
    difference = owner.get(f"/flows/versions?from={live}&to=draft").text
    assert left_in_english(difference) == []
    assert f"De la versión {live} al borrador" in difference
    assert publish(owner, "Una nota")[0] == 303
    listed = owner.get("/flows/versions?did=published").text
    assert left_in_english(listed) == []
    assert "Publicada. Las conversaciones nuevas ya empiezan con ella." in listed
    assert ">En uso</span>" in listed
    # What is kept of it is read by everybody, in English.
    assert owner.submit("/flows/again", number=str(live), latest=str(live + 1)).status_code == 303
    assert f"Version {live} again" in owner.get("/flows/versions").text
    assert site.audit(owner.email)[-1][0] == "bot.publish"


def test_what_is_refused_says_why(site: Site, owner: Browser) -> None:
    text, seen = content(owner)
    assert save(owner, text.replace("steps:", "steps:\n  - sing: loud"), seen)[0] == 303
    page = owner.get("/flows").text
    assert "1 error por corregir antes de poder publicar" in page
    assert '<p lang="en">' in page, "the check of the bot's files is in English, and says so"
    status, html = save(owner, text, seen)
    assert status == 409
    assert "Alguien cambió este archivo después de que usted lo abrió." in html
    assert left_in_english(html) == []
    status, html = publish(owner)
    assert status == 409
    assert "No se publicó nada: 1 error impide que el bot funcione." in html
    again = owner.submit("/flows/files", do="add", folder="flows", name="hours")
    assert again.status_code == 409
    assert "Ya existe flows/hours.yml." in again.text
    gone = owner.submit("/flows/files", do="delete", path="flows/none.yml")
    assert "flows/none.yml ya no existe." in gone.text
    assert owner.submit("/flows/files", do="delete", path=HOURS).status_code == 303
    assert '<span class="chip chip--human">borrado</span>' in owner.get("/flows").text
    lost = save(owner, text, seen)
    assert lost[0] == 409
    assert f"Alguien borró o renombró {HOURS} mientras tanto." in lost[1]
    live = site.app.road.shelf.current.version
    assert "Elija una versión que no sea la que está en uso." in owner.get(f"/flows/move?from={live}").text
    assert "No hay tal versión." in owner.get("/flows?v=99999").text


def test_a_new_file_begins_with_words_of_its_author(owner: Browser) -> None:
    assert owner.submit("/flows/files", do="add", folder="flows", name="parking").status_code == 303
    assert 'say: "Escriba aquí lo que dice el bot."' in content(owner, "flows/parking.yml")[0]
    page = owner.get("/flows").text
    assert '<span class="chip chip--human">nuevo</span>' in page
    assert "empieza por otra vía" in page


def test_sessions_move_and_stay(site: Site, owner: Browser) -> None:
    site.contact("QUOTE")
    site.contact("BOOK")
    old = site.app.road.shelf.current.version
    text, seen = content(owner, BOOK)
    assert save(owner, text.replace("- ask: service", "- id: need\n    ask: service"), seen, BOOK)[0] == 303
    assert publish(owner)[0] == 303
    live = site.app.road.shelf.current.version
    assert "Mover sus sesiones" in owner.get("/flows/versions").text
    page = owner.get(f"/flows/move?from={old}").text
    assert left_in_english(page) == []
    assert f"sesiones en curso de la versión {old}" in page
    assert "en book_visit, paso service: no hay ningún paso service" in page
    moved = owner.submit("/flows/move", **{"from": str(old), "live": str(live)})
    told = owner.get(moved.headers["location"]).text
    assert re.search(r"sesi(ón pasó|ones pasaron) a la versión en uso\.", told)
    assert left_in_english(owner.get(f"/flows/move?from={old}").text) == []
    assert owner.submit("/flows/again", number=str(old), latest=str(live)).status_code == 303


def test_a_draft_is_tried(owner: Browser) -> None:
    text, seen = content(owner)
    assert save(owner, says(text, "Ya vamos."), seen)[0] == 303
    said = ""
    for words, shown in (("quote", "Está en quote, paso "), ("STOP", "No hay ningún flujo en curso; de baja.")):
        html = owner.submit("/flows/try", v="0", text=words, said=said).text
        assert shown in html
        assert left_in_english(html) == []
        assert "Pasó el tiempo" not in html
        said = re.findall(r'name="said" value="([^"]*)"', html)[0].replace("&#34;", '"')
    waits = owner.submit("/flows/try", v="0", text="book").text
    assert "Adelantar a: " in waits
    said = re.findall(r'name="said" value="([^"]*)"', waits)[0].replace("&#34;", '"')
    later = owner.submit("/flows/try", v="0", said=said, wait="1").text
    assert "Pasó el tiempo" in later
    assert left_in_english(later) == []
    assert "No se pudo leer la conversación." in owner.submit("/flows/try", v="0", text="hi", said="[[1,2]]").text


def test_a_flow_is_drawn_in_spanish_and_its_own_words_stay() -> None:
    shown = drawn(tangle())
    boxes = {box.id: box for box in shown.boxes}
    assert boxes["2"].title == "Se divide"
    assert boxes["2"].full == "kind == 'a' / kind == 'b' / si no"
    assert boxes["last"].full == "Bye."
    assert {"no se entendió", "sin respuesta", "si no"} <= {edge.label for edge in shown.edges}
    assert "" in {edge.label for edge in shown.edges}
    assert all(len(label.text) <= 26 for label in shown.labels)
    leads = [lead for item in shown.items for lead in item.leads]
    assert ("", "el final") in leads
    assert any(re.fullmatch(r"last, línea \d+", words) for _, words in leads)
    for flow in FLOWS.values():
        assert [box.title for box in drawn(flow).boxes if len(box.title) > 21] == []


def test_each_kind_of_step_has_words() -> None:
    assert set(KINDS) >= {kind.step.__name__.lower() for kind in STEPS.values()}
