"""Models of Anthropic."""

from anthropic import AsyncAnthropic
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from textback.llm.access import Access
from textback.llm.wire import Http


def model(name: str, access: Access, http: Http) -> AnthropicModel:
    """The model of this name. Whether it is asked again is for us to say."""
    client = AsyncAnthropic(base_url=access.url, api_key=access.key, http_client=http.client, max_retries=0)
    return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))
