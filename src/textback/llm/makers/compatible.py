"""Models of any server that answers as OpenAI's API does."""

import httpx2
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from textback.llm.access import Access


def model(name: str, access: Access, http: httpx2.AsyncClient) -> OpenAIChatModel:
    """The model of this name. Not all servers know the newer name of `max_tokens`."""
    theirs = OpenAICompatibleProvider(
        "compatible",
        base_url=access.url,
        api_key=access.key or None,
        http_client=http,
        profile=OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False),
    )
    return OpenAIChatModel(name, provider=theirs)
