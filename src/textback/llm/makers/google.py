"""Models of Google, by the Gemini API."""

import httpx2
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from textback.llm.access import Access


def model(name: str, access: Access, http: httpx2.AsyncClient) -> GoogleModel:
    """The model of this name."""
    return GoogleModel(name, provider=GoogleProvider(api_key=access.key, base_url=access.url, http_client=http))
