"""What programs post in the test of who may call what, so that a request is refused for its caller alone."""

from typing import Any

#: What programs post to an address, where that is not a text.
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/conversations/{id}/take"): {"force": True},
    ("POST", "/v1/conversations/{id}/handoff"): {"reason": "Wants to change an order"},
    ("POST", "/v1/conversations/{id}/return"): {"mode": "wait"},
    ("POST", "/v1/conversations/{id}/assign"): {"force": True},
    ("POST", "/v1/conversations/{id}/notes"): {"text": "Paid at the counter."},
    ("POST", "/v1/conversations/{id}/complete"): {},
    ("POST", "/v1/conversations/{id}/flow"): {"flow": "hours"},
    ("POST", "/v1/contacts"): {"to": "+12065550186"},
    ("PATCH", "/v1/contacts/{contact}"): {"name": "Ana"},
    ("POST", "/v1/contacts/{contact}/merge"): {"other": "+12065550199"},
    ("POST", "/v1/keys"): {"name": "crm", "scopes": ["messages:write"]},
    ("PATCH", "/v1/keys/{id}"): {"name": "crm"},
    ("POST", "/v1/keys/{id}/rotate"): {"hours": 1},
    ("POST", "/v1/messages/bulk"): {"messages": [{"to": "+12065550188", "body": "Your bike is ready."}]},
    ("POST", "/v1/consent"): {"to": "+12065550187", "change": "opt_out"},
    ("POST", "/v1/ai/reply"): {"conversation": [{"role": "user", "content": "When are you open?"}]},
    ("POST", "/v1/webhooks"): {"url": "https://www.example.com/hook", "events": ["goal.*"]},
    ("POST", "/v1/webhooks/{id}/rotate"): {},
    ("PATCH", "/v1/webhooks/{id}"): {},
    ("POST", "/v1/ai/train"): {"urls": ["http://127.0.0.1:9/"]},  # of which nothing is read
}
