"""The Stuck page in a browser: what was rejected is looked at, tried again and thrown away; without scripts too."""

import json
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Windows


def reject(site: Site, name: str) -> None:
    """Post a webhook for a line that there is not."""
    body = json.dumps({"text": "words of a stranger", "from": "+12065550123"}).encode()
    request = urllib.request.Request(f"{site.url}/webhooks/{name}", body, {"content-type": "application/json"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=10)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_rejected_webhook_is_looked_at_tried_and_discarded(windows: Windows, demo: Site, scripts: bool) -> None:
    name = f"nowhere-{scripts}".lower()
    for each in (f"{name}-1", f"{name}-2"):
        reject(demo, each)
    windows.allow("409")
    page = windows.open(f"/dead-letters?line={name}-1", java_script_enabled=scripts)
    letter = page.locator("article")
    for _ in range(50):  # it is written soon, not at once
        if letter.count():
            break
        page.wait_for_timeout(100)
        page.reload()
    expect(letter).to_contain_text("There is no line of that name.")
    letter.get_by_text("More").click()
    expect(letter.locator("pre")).to_contain_text('"text": "(19 characters)"')
    expect(page.get_by_role("link", name="Stuck")).to_be_visible()

    letter.get_by_role("button", name="Take in again").click()
    expect(page.get_by_role("status")).to_contain_text(f"1 stays: There is no line '{name}-1' here.")

    page.goto(f"/dead-letters?line={name}-2")
    page.get_by_label("Pick Webhook").check()
    page.locator(".letters__foot").get_by_role("button", name="Discard").click()
    expect(page.get_by_role("status")).to_contain_text("1 discarded.")
    expect(page.get_by_text("Nothing is stuck here.")).to_be_visible()

    page.goto(f"/dead-letters?line={name}-1")
    page.locator(".letters__foot").get_by_role("link", name="Discard").click()
    expect(page.get_by_role("main")).to_contain_text(f"That is 1 of letters of every kind on line {name}-1.")
    page.get_by_role("button", name="Discard 1").click()
    expect(page.get_by_text("Nothing is stuck here.")).to_be_visible()
