"""The desk in Spanish, whose words are longer: nothing overflows at any width, and scripts speak Spanish too."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Windows
from tests.browser.test_access import WCAG, phone_says, violations

PHONE = "/try/12535550171"
FLOWS = (
    "/flows",
    "/flows/edit/flows/quote.yml",
    "/flows/edit/bot.yml?v=1",
    "/flows/try",
    "/flows/versions?from=1&to=1",
)
#: Elements that are wider than their place, but for those that scroll or are cut on purpose.
WIDE = """() => [document.scrollingElement, ...document.querySelectorAll('header, nav, main, form, .card, .row__body')]
  .filter((e) => e.checkVisibility() && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
  .filter((e) => e === document.scrollingElement || !['auto', 'scroll', 'hidden', 'clip']
    .includes(getComputedStyle(e).overflowX))
  .map((e) => `${e.tagName} ${e.className}: ${e.scrollWidth} in ${e.clientWidth}`)"""


@pytest.fixture(scope="module")
def contact(browser: Browser, demo: Site) -> str:
    windows = Windows(browser, demo)
    found = phone_says(windows.open("/try"), PHONE, "hi", "can I talk to a real person about the price of a tune-up?")
    windows.close()
    return found


def spanish(windows: Windows, path: str, width: int) -> Page:
    return windows.open(path, locale="es-MX", viewport={"width": width, "height": 844})


@pytest.mark.parametrize("width", [1440, 390, 320])
@pytest.mark.parametrize("path", ["/desk/all", "/desk/snoozed", "/c/{contact}?view=all", "/c/{contact}/card?view=all",
                                  "/c/{contact}/merge?view=all", "/search?q=hola"])  # fmt: skip
def test_nothing_is_wider_than_its_place(windows: Windows, contact: str, path: str, width: int) -> None:
    page = spanish(windows, path.format(contact=contact), width)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.evaluate(WIDE) == []


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", ["/c/{contact}/consent", "/c/{contact}/erase", "/try/12535550171", "/lines",
                                  "/compliance", "/compliance/numbers", "/compliance/lists", "/compliance/ledger",
                                  "/templates", "/templates/new", "/templates/approvals", "/dead-letters",
                                  "/settings/webhooks", "/settings/keys", "/settings/fields", "/settings/tags",
                                  "/settings/routing", "/leads/import", *FLOWS])  # fmt: skip
def test_no_other_page_is_wider_than_a_phone(windows: Windows, contact: str, path: str, width: int) -> None:
    page = spanish(windows, path.format(contact=contact), width)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.evaluate(WIDE) == []


def test_scripts_speak_spanish_and_axe_finds_nothing(windows: Windows, contact: str) -> None:
    page = spanish(windows, f"/c/{contact}?view=all", 1440)
    expect(page.locator("#live")).to_have_text("En vivo")
    assert violations(page, WCAG) == []
    page.get_by_role("button", name="Tomar").click()
    field = page.get_by_label("Mensaje para")
    field.fill("Hola")
    expect(page.locator("#meter")).to_contain_text("1 segmento")
    page.locator("body").press("Control+k")
    expect(page.get_by_role("option", name="Completar y abrir la siguiente")).to_be_visible()
    expect(page.get_by_role("listbox", name="Encontrado")).to_contain_text("Esta página")


@pytest.mark.parametrize("width", [1440, 390, 320])
def test_a_flow_is_changed_compared_and_tried_in_spanish(windows: Windows, width: int) -> None:
    page = spanish(windows, "/flows/edit/flows/quote.yml", width)

    def fits() -> None:
        assert page.evaluate(WIDE) == []
        assert violations(page, WCAG) == []

    yaml = page.get_by_label("YAML de flows/quote.yml")
    text = yaml.input_value()
    fits()
    yaml.fill(text.replace("steps:", "steps:\n  - sing: loud"))
    page.get_by_role("button", name="Revisar").click()
    expect(page.get_by_text("1 por corregir")).to_be_visible()
    expect(page.get_by_text("Aún sin guardar")).to_be_visible()
    fits()
    page.get_by_label("YAML de").fill(text + f"# {width}\n")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_text("Guardado.")).to_be_visible()
    fits()
    page.goto("/flows")
    expect(page.get_by_text("1 archivo difiere de la versión")).to_be_visible()
    fits()
    page.get_by_role("link", name="Ver la diferencia").click()
    expect(page.get_by_role("heading", name="al borrador")).to_be_visible()
    expect(page.get_by_text("cambiado", exact=True)).to_be_visible()
    fits()
    page.goto("/flows/try")
    page.get_by_label("Escriba como el cliente").fill("quote")
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("heading", name="Turno 1")).to_be_visible()
    expect(page.get_by_text("Está en quote, paso")).to_be_visible()
    fits()
    page.goto("/flows")
    page.get_by_text("Desechar el borrador").click()
    fits()
    page.get_by_role("button", name="Desecharlo").click()
    expect(page.get_by_text("Se desechó el borrador.")).to_be_visible()


#: Items of the bar that are cut, lie outside the screen or touch the next one's word.
CROWDED = """() => {
  const items = [...document.querySelectorAll('.rail__items a')];
  const words = items.map((e) => e.querySelector('span:not(.who)').getBoundingClientRect());
  return items.filter((e, n) => {
    const box = e.getBoundingClientRect();
    const next = words[n + 1];
    const outside = box.left < 0 || box.right > innerWidth || box.bottom > innerHeight;
    const touches = next && next.top === words[n].top && next.left - words[n].right < 2;
    return outside || touches || words[n].width > box.width;
  }).map((e) => e.textContent);
}"""


@pytest.mark.parametrize("width", [500, 480, 390, 360, 320])
@pytest.mark.parametrize("path", ["/desk/all", "/flows", "/settings/people"])
def test_the_whole_bar_of_an_owner_is_in_sight_on_a_phone(windows: Windows, path: str, width: int) -> None:
    page = spanish(windows, path, width)
    bar = page.get_by_role("navigation", name="Principal")
    expect(bar.get_by_role("link", name="Ajustes")).to_be_in_viewport(ratio=1)
    expect(bar.get_by_role("link", name="Usted")).to_be_in_viewport(ratio=1)
    assert page.evaluate(CROWDED) == []
