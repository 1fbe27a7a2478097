"""All that the API can do, by what it is about. `make api` writes it; it is not to be edited."""

from typing import Generic

from textback.client.calls import C
from textback.client.operations.ai import AI
from textback.client.operations.consent import Consent
from textback.client.operations.contacts import Contacts
from textback.client.operations.conversations import Conversations
from textback.client.operations.events import Events
from textback.client.operations.flows import Flows
from textback.client.operations.handoffs import Handoffs
from textback.client.operations.keys import Keys
from textback.client.operations.lines import Lines
from textback.client.operations.messages import Messages
from textback.client.operations.tags import Tags
from textback.client.operations.templates import Templates
from textback.client.operations.webhooks import Webhooks


class Operations(Generic[C]):
    """All that the API can do."""

    def __init__(self, client: C) -> None:
        self.messages: Messages[C] = Messages(client)
        self.contacts: Contacts[C] = Contacts(client)
        self.consent: Consent[C] = Consent(client)
        self.events: Events[C] = Events(client)
        self.webhooks: Webhooks[C] = Webhooks(client)
        self.templates: Templates[C] = Templates(client)
        self.ai: AI[C] = AI(client)
        self.conversations: Conversations[C] = Conversations(client)
        self.handoffs: Handoffs[C] = Handoffs(client)
        self.tags: Tags[C] = Tags(client)
        self.flows: Flows[C] = Flows(client)
        self.lines: Lines[C] = Lines(client)
        self.keys: Keys[C] = Keys(client)
