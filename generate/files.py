"""All files that are made from the description of the API."""

from typing import Any

from generate import client, page


def files(document: dict[str, Any]) -> dict[str, str]:
    """The text of each file, by its path."""
    return {**client.files(document), page.PAGE: page.write(document)}
