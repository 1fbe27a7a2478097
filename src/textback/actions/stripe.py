"""Stripe: a page on which an amount can be paid once: a price, and a payment link to it, each under its own key."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from textback.actions.asking import Asker, NoResult, part
from textback.actions.base import Failed, Order, Wrong

API = "https://api.stripe.com"
VERSION = "2024-06-20"
"""The version of the API whose answers this module reads."""
WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split())
"""Currencies that have no smaller unit."""
MOST = 99_999_999


async def ask(asker: Asker, order: Order) -> dict[str, Any]:
    """{url, id} of the payment link. Raises NoResult and Wrong."""
    amount, currency = _amount(order)
    price = {
        "currency": currency.lower(),
        "unit_amount": str(amount),
        "product_data[name]": order.needed("title", 250),
    }
    base = order.options.get("api_url", API).rstrip("/")
    headers = {"Authorization": f"Bearer {order.options['key']}", "Stripe-Version": VERSION}

    async def make(path: str, form: dict[str, str]) -> Any:
        key = {"Idempotency-Key": f"{order.key}.{path}"[-255:]}
        answer = await asker.ask("POST", f"{base}/v1/{path}", headers | key, form=form, also=(409,))
        if answer.status == 409:
            raise NoResult(Failed("retry", "409", "Stripe is still at an earlier try."))
        return answer

    made = await make("prices", price)
    link = {
        "line_items[0][price]": str(part(made, "id")),
        "line_items[0][quantity]": "1",
        "restrictions[completed_sessions][limit]": "1",
    }
    if reference := order.text("reference", 200):
        link |= {"metadata[reference]": reference, "payment_intent_data[metadata][reference]": reference}
    answer = await make("payment_links", link)
    return {"url": str(part(answer, "url")), "id": str(part(answer, "id"))}


def _amount(order: Order) -> tuple[int, str]:
    """The amount in the currency's smallest unit, and the currency: as a flow's `money` has it, or a number. Raises
    Wrong."""
    given = order.arguments.get("amount")
    parts = given if isinstance(given, dict) else {"amount": given}
    currency = str(parts.get("currency") or order.currency).upper()
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise Wrong("The amount's currency is none.")
    try:
        amount = Decimal(str(parts.get("amount")).strip())
        units = amount if currency in WHOLE else amount * 100
        if not units.is_finite() or not 1 <= units <= MOST:
            raise Wrong("amount is nothing, or too much.")
    except InvalidOperation:
        raise Wrong("amount is no amount of money.") from None
    return int(units.quantize(Decimal(1), ROUND_HALF_UP)), currency
