"""The Python client of a Textback server's API: typed, for programs that wait and for those that don't.

    from textback.client import Textback

    with Textback("https://texts.example.com", key) as client:
        sent = client.messages.send(to="+12065550123", body="Your bike is ready.")

It needs httpx: install `textback[client]`.
"""

from textback.client.calls import AsyncPages as AsyncPages
from textback.client.calls import Page as Page
from textback.client.calls import Pages as Pages
from textback.client.calls import Patience as Patience
from textback.client.clients import AsyncTextback as AsyncTextback
from textback.client.clients import Textback as Textback
from textback.client.errors import BadAnswer as BadAnswer
from textback.client.errors import Conflict as Conflict
from textback.client.errors import Forbidden as Forbidden
from textback.client.errors import InvalidRequest as InvalidRequest
from textback.client.errors import NoAnswer as NoAnswer
from textback.client.errors import NotFound as NotFound
from textback.client.errors import RateLimited as RateLimited
from textback.client.errors import Refused as Refused
from textback.client.errors import ServerError as ServerError
from textback.client.errors import TextbackError as TextbackError
from textback.client.errors import TooSlow as TooSlow
from textback.client.errors import Unauthorized as Unauthorized
from textback.client.webhooks import BadSignature as BadSignature
from textback.client.webhooks import EventData as EventData
from textback.client.webhooks import EventMedia as EventMedia
from textback.client.webhooks import WebhookEvent as WebhookEvent
from textback.client.webhooks import verify_webhook as verify_webhook
