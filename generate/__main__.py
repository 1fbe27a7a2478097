"""`python -m generate` writes what is made from the description of the API."""

from pathlib import Path

from generate.client import FOLDER
from generate.files import files
from textback.web.openapi import describe
from textback.web.routes import ROUTES

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write every file anew."""
    made = files(describe(ROUTES))
    for folder in ("operations", "shapes"):
        for old in (ROOT / FOLDER / folder).glob("*.py"):
            if str(old.relative_to(ROOT)) not in made:
                old.unlink()
    for path, text in made.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
