"""The peer: the Telnyx two-way SMS example, written anew from its description.

Flask, the telnyx SDK to verify webhooks and to send, keyword answers, conversations in a dict in memory. Run under
gunicorn with 2 workers of 8 threads: `gunicorn -w 2 --threads 8 benchmarks.peer:app`.
"""

import os
from datetime import UTC, datetime
from threading import Lock

import telnyx
from flask import Flask, jsonify, request

ANSWERS = {
    "hours": "We are open 9 to 6, Monday to Saturday. Text PRICES for prices.",
    "prices": "A tune-up is $80. Text HOURS for opening hours.",
}
FALLBACK = "Sorry, I did not get that. Text HOURS or PRICES."

app = Flask(__name__)
client = telnyx.Telnyx(
    api_key=os.environ["TELNYX_API_KEY"],
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
    base_url=os.environ["TELNYX_BASE_URL"],
    max_retries=0,
)
NUMBER = os.environ["TELNYX_PHONE_NUMBER"]
conversations: dict[str, dict[str, object]] = {}
lock = Lock()


def answer(sender: str, text: str) -> str:
    """The reply to a text, noting it in the sender's conversation."""
    with lock:
        conversation = conversations.setdefault(
            sender, {"state": "new", "count": 0, "created_at": datetime.now(UTC).isoformat()}
        )
        conversation["state"] = "greeted"
        conversation["count"] = int(str(conversation["count"])) + 1
    return ANSWERS.get(text.strip().lower(), FALLBACK)


@app.post("/webhooks/sms")
def webhook():
    """Verify, answer, send, and say what was done."""
    body = request.get_data(as_text=True)
    try:
        client.webhooks.unwrap(body, headers=dict(request.headers))
    except Exception:
        return jsonify({"error": "invalid signature"}), 401
    event = request.get_json()["data"]
    if event["event_type"] != "message.received":
        return jsonify({"status": "ignored"})
    payload = event["payload"]
    sender = payload["from"]["phone_number"]
    reply = answer(sender, payload["text"])
    sent = client.messages.send(to=sender, from_=NUMBER, text=reply)
    return jsonify(
        {
            "status": "processed",
            "inbound_message": payload["text"],
            "response_sent": reply,
            "message_id": sent.data.id if sent.data else None,
        }
    )


@app.get("/readyz")
def ready():
    """For the benchmark: whether it answers."""
    return jsonify({"status": "ready"})
