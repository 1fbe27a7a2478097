"""Models of any server that answers as OpenAI's API does."""

from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from textback.llm.access import Access
from textback.llm.makers.chat import QuickOpenAI
from textback.llm.wire import Http

NO_KEY = "none"
"""What is sent where a server wants no key: its client can't do without."""


def model(name: str, access: Access, http: Http) -> OpenAIChatModel:
    """The model of this name. Not all servers know the newer name of `max_tokens`."""
    client = QuickOpenAI(wire=http.wire, base_url=access.url, api_key=access.key or NO_KEY, http_client=http.client)
    client.organization = client.project = None  # those of the environment are for OpenAI itself
    profile = OpenAIModelProfile(openai_chat_supports_max_completion_tokens=False)
    return OpenAIChatModel(name, provider=OpenAICompatibleProvider("compatible", openai_client=client, profile=profile))
