"""What is noted of a call for its trace, by OpenTelemetry's names for generative AI: nothing that was asked or said.
Pure."""

from urllib.parse import urlsplit

from textback.core.tracing import Span, Value
from textback.llm.access import MAKERS
from textback.llm.answer import MOST_TOKENS
from textback.llm.base import Try


def of_call(trace: str, above: str, number: int, begin: int, made: Try, url: str = "") -> Span:
    """One call of one model, the `number`th for its question, from `begin` (ns) on."""
    maker, _, name = made.model.partition(":")
    attributes: dict[str, Value] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": MAKERS[maker].traces if maker in MAKERS else maker,
        "gen_ai.request.model": name,
        "gen_ai.request.max_tokens": MOST_TOKENS,
        "gen_ai.output.type": "json",
        "textback.model.outcome": made.outcome,
        "textback.model.cost": made.cost,
    }
    if made.tokens_in or made.tokens_out:
        attributes |= {"gen_ai.usage.input_tokens": made.tokens_in, "gen_ai.usage.output_tokens": made.tokens_out}
    parts = urlsplit(url)
    if parts.hostname:
        attributes["server.address"] = parts.hostname
        attributes["server.port"] = parts.port or (443 if parts.scheme == "https" else 80)
    error = "" if made.outcome == "answered" else made.outcome
    if error:
        attributes["error.type"] = error
    key = f"{above or 'ask'}/chat/{number}"
    end = begin + made.ms * 1_000_000
    return Span(trace, key, f"chat {name}", begin, end, above, "client", attributes, error)
