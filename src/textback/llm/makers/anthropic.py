"""Models of Anthropic."""

import httpx2
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from textback.llm.access import Access


def model(name: str, access: Access, http: httpx2.AsyncClient) -> AnthropicModel:
    """The model of this name."""
    return AnthropicModel(name, provider=AnthropicProvider(api_key=access.key, base_url=access.url, http_client=http))
