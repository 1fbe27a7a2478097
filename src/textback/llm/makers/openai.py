"""Models of OpenAI, by Chat Completions."""

from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from textback.llm.access import Access
from textback.llm.makers.chat import QuickOpenAI
from textback.llm.wire import Http


def model(name: str, access: Access, http: Http) -> OpenAIChatModel:
    """The model of this name. Whether it is asked again is for us to say."""
    client = QuickOpenAI(wire=http.wire, base_url=access.url, api_key=access.key, http_client=http.client)
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
