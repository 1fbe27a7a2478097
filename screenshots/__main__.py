"""`python -m screenshots` takes the pictures of docs/images anew; with names, only these."""

import base64
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from screenshots.scene import NOW, PATIENCE, Scene, scene
from tests.browser.conftest import SYSTEM
from textback.core.when import to_iso

FOLDER = Path(__file__).parents[1] / "docs" / "images"
MOST_BYTES = 150_000
QUALITY = 0.86
WIDE, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)


class Picture(NamedTuple):
    """A page, and how wide the window is. {contact} and {phone} stand for those of the open conversation."""

    path: str
    size: ViewportSize = WIDE
    dark: bool = False


PAGES: Mapping[str, str] = {
    "desk": "/c/{contact}?view=needs-you",
    "simulator": "/try/{phone}",
    "flow": "/flows/edit/flows/quote.yml",
    "leads": "/leads",
}
ON_PHONES: Mapping[str, str] = {"list-phone": "/desk/needs-you", "thread-phone": "/c/{contact}?view=needs-you"}
PICTURES: Mapping[str, Picture] = {
    f"{name}{'-dark' if dark else ''}.webp": Picture(path, size, dark)
    for pages, size in ((PAGES, WIDE), (ON_PHONES, PHONE))
    for name, path in pages.items()
    for dark in (False, True)
}
"""Every picture by the name of its file."""

#: Writes a PNG as WebP, as this Chromium does it.
WEBP = """async ([png, quality]) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d').drawImage(image, 0, 0);
  const made = new Uint8Array(await (await canvas.convertToBlob({type: 'image/webp', quality})).arrayBuffer());
  return btoa(Array.from(made, (byte) => String.fromCharCode(byte)).join(''));
}"""


def take(browser: Browser, blank: Page, found: Scene, picture: Picture) -> bytes:
    """One picture, as WebP."""
    context = browser.new_context(
        base_url=found.site.url, viewport=picture.size, locale="en-US", timezone_id="America/Los_Angeles",
        color_scheme="dark" if picture.dark else "light", reduced_motion="reduce", has_touch=picture.size is PHONE,
        device_scale_factor=2 if picture.size is PHONE else 1,
    )  # fmt: skip
    try:
        context.add_cookies([{"name": "textback", "value": found.token, "url": found.site.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 2_000)  # a machine may be busy with other things
        page.clock.set_fixed_time(to_iso(NOW))
        page.goto(picture.path.format(contact=found.contact, phone=found.phone))
        page.locator("h1:visible, h2:visible").first.wait_for()
        page.wait_for_timeout(700)  # until the page has heard that it is live, and stands at its end
        png = page.screenshot(animations="disabled", caret="hide")
    finally:
        context.close()
    asked = [base64.b64encode(png).decode(), QUALITY]
    return base64.b64decode(blank.evaluate(WEBP, asked))


def main(wanted: list[str]) -> None:
    """Take them all, or those with these names."""
    if unknown := set(wanted) - set(PICTURES):
        raise SystemExit(f"no picture is called {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    path = next((one for name in SYSTEM if (one := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as found, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        blank = browser.new_page()
        for name in wanted or PICTURES:
            made = take(browser, blank, found, PICTURES[name])
            if len(made) > MOST_BYTES:
                raise SystemExit(f"{name} has {len(made):,} bytes; it may have {MOST_BYTES:,}")
            (FOLDER / name).write_bytes(made)
            sys.stdout.write(f"{name} {len(made):,} bytes\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
