"""Models of OpenAI, by Chat Completions."""

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from textback.llm.access import Access


def model(name: str, access: Access, http: httpx2.AsyncClient) -> OpenAIChatModel:
    """The model of this name. Whether it is asked again is for us to say."""
    client = AsyncOpenAI(base_url=access.url, api_key=access.key, http_client=http, max_retries=0)
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
