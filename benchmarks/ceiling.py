"""The ceiling: Textback's own server with nothing behind the signature check. `python -m benchmarks.ceiling serve …`.

Every webhook is read, verified and acknowledged as always; then it is taken for one that holds no text. So nothing is
parsed, stored, decided or sent, and what is left is what this server can do at most for any bot.
"""

from textback.channels.base import Webhook
from textback.channels.telnyx import Telnyx
from textback.cli.main import main
from textback.engine.arrivals import DeliveryStatus, Message


def nothing(_self: Telnyx, _webhook: Webhook) -> list[Message | DeliveryStatus]:
    """No arrival, whatever came."""
    return []


if __name__ == "__main__":
    Telnyx.parse = nothing  # type: ignore[method-assign,assignment]
    main()
