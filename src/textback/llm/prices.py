"""What a call costs, by the price list that comes with pydantic-ai. Nothing is looked up online."""

from decimal import ROUND_UP, Decimal

from genai_prices import Usage, calc_price
from genai_prices.types import AbstractUsage

from textback.llm.access import MAKERS

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
    except (LookupError, ValueError):
        return None
    return int((price * _MILLION).to_integral_value(ROUND_UP))


def is_known(maker: str, url: str, name: str) -> bool:
    """Whether the model's price is known, and so its name."""
    return cost_of(maker, url, name, Usage(input_tokens=1, output_tokens=1)) is not None
