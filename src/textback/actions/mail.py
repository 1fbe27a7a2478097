"""E-mail: a message to one address, by the business's own mail server."""

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any

from textback.actions.asking import Asker
from textback.actions.base import Order, Wrong
from textback.actions.smtp import hand_in
from textback.core.mail import is_address
from textback.core.smtp import Letter

MOST_SUBJECT = 200
MOST_TEXT = 20_000


async def ask(asker: Asker, order: Order) -> dict[str, Any]:
    """{ok}. The message's id is made of the job's key, so that mail programs show a second one of the same as one.
    Raises NoResult and Wrong."""
    options = order.options
    sender, recipient = options["from"], options.get("to") or order.needed("to")
    for address in (sender, recipient):
        if not is_address(address):
            raise Wrong("from or to is not an e-mail address.")
    text = order.needed("text", MOST_TEXT)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, recipient
    message["Subject"] = " ".join((order.text("subject", MOST_SUBJECT) or text[:70]).split())
    digest = hashlib.sha256(f"{recipient}\n{order.key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@{sender.partition('@')[2]}>"
    message["Date"] = formatdate()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    try:
        port = int(options["port"])
    except ValueError:
        raise Wrong("port is no number.") from None
    user, password = options.get("user", ""), options.get("password", "")
    await hand_in(asker, options["server"], port, Letter(user, password, sender, recipient, bytes(message)))
    return {"ok": True}
