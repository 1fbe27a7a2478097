"""Models of Google, by the Gemini API."""

from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from textback.llm.access import Access
from textback.llm.wire import Http


def model(name: str, access: Access, http: Http) -> GoogleModel:
    """The model of this name."""
    return GoogleModel(name, provider=GoogleProvider(api_key=access.key, base_url=access.url, http_client=http.client))
