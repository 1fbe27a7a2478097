"""The flows pages in a browser: a change is checked, saved, tried and published; without scripts too."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Windows


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_flow_is_changed_tried_and_published(windows: Windows, scripts: bool) -> None:
    page = windows.open("/flows", java_script_enabled=scripts)
    page.get_by_role("link", name="welcome", exact=True).click()
    yaml = page.get_by_label("YAML of")
    text = yaml.input_value()
    words = f"Good to see you, {scripts}."
    step = f"  - say: {{en: '{words}', es: '{words}'}}"
    broken = text.replace("steps:", f"steps:\n{step}\n  - sing: loud")
    yaml.fill(broken)
    page.get_by_role("button", name="Check").click()
    problem = page.locator(".lint .is-error a")
    expect(problem).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    line = broken[: broken.index("- sing")].count("\n") + 1
    assert (problem.get_attribute("href") or "").endswith(f"#L{line}")
    problem.click()
    if scripts:
        chosen = "(e) => e.value.slice(e.selectionStart, e.selectionEnd)"
        assert yaml.evaluate(chosen) == "  - sing: loud"
        expect(yaml).to_be_focused()
    expect(page.locator(f"#L{line}")).to_be_in_viewport()

    page.get_by_label("YAML of").fill(broken.replace("  - sing: loud\n", ""))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Nothing to fix")).to_be_visible()
    expect(page.get_by_role("link", name=f"Says: {words}")).to_be_visible()

    page.get_by_role("link", name="Try it").last.click()
    page.get_by_label("Text as the customer").fill("hi")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".sms--biz").first).to_contain_text(words)
    page.get_by_label("Text as the customer").fill("STOP")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".sms--me")).to_have_count(2)
    expect(page.get_by_role("heading", name="Turn 2")).to_be_visible()
    page.get_by_role("button", name="Take the last turn back").click()
    expect(page.locator(".sms--me")).to_have_count(1)

    page.goto("/flows")
    page.get_by_label("What has changed").fill(f"Warmer, {scripts}")
    page.get_by_role("button", name="Publish version").click()
    expect(page.get_by_role("status")).to_contain_text("New conversations begin with it now.")
    expect(page.get_by_text(f"Warmer, {scripts}")).to_be_visible()
    page.get_by_role("link", name="What changed").first.click()
    expect(page.locator(".diff__line--add").first).to_contain_text(f"+{step}")


def test_steps_lead_to_their_lines_and_line_numbers_follow_what_is_written(windows: Windows) -> None:
    page = windows.open("/flows/edit/flows/quote.yml")
    page.get_by_role("link", name="electric: Is it an e-bike?").focus()
    page.keyboard.press("Enter")
    yaml = page.get_by_label("YAML of")
    expect(yaml).to_be_focused()
    assert "ask: electric" in yaml.evaluate("(e) => e.value.slice(e.selectionStart, e.selectionEnd)")
    lines = page.locator("#gutter li")
    before = lines.count()
    yaml.press("Control+End")
    yaml.press_sequentially("# one\n# two\n")
    expect(lines).to_have_count(before + 2)
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    yaml.press("Control+s")
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_hidden()
    page.goto("/flows")
    page.get_by_text("Discard the draft").click()
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_text("The draft is discarded.")).to_be_visible()
