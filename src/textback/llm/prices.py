"""What a call costs, by the price list that comes with pydantic-ai. Nothing is looked up online."""

from decimal import ROUND_UP, Decimal

from genai_prices import Usage, calc_price
from genai_prices.types import AbstractUsage

from textback.llm.access import MAKERS

MOST = 1_000_000_000
"""A thousand dollars: no call costs more, whatever a server counts."""
_MILLION = Decimal(1_000_000)


def cost_of(maker: str, url: str, name: str, usage: AbstractUsage) -> int | None:
    """Millionths of a US dollar, rounded up; None where the model's price is not known.

    A maker's models are priced by its own list, also behind another address. Those of a compatible server are priced
    only where the list knows its address.
    """
    prices = MAKERS[maker].prices
    try:
        if prices:
            price = calc_price(usage, name, provider_id=prices).total_price
        else:
            price = calc_price(usage, name, provider_api_url=url).total_price
        cost = int((price * _MILLION).to_integral_value(ROUND_UP))
    except (LookupError, ValueError, ArithmeticError):
        return None
    return min(max(cost, 0), MOST)


def is_known(maker: str, url: str, name: str) -> bool:
    """Whether the model's price is known, and so its name."""
    return cost_of(maker, url, name, Usage(input_tokens=1, output_tokens=1)) is not None


# The list is read at its first use, which takes a third of a second: better where this module is loaded, in a thread,
# than at the first reply, on the event loop.
is_known("openai", "", "gpt-4o-mini")
