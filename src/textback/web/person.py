"""What the desk shows of the person behind a conversation: fields and tags, which can be changed in place, and a
timeline of episodes, hand-overs and changes of consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from textback.core.ids import bucket_of
from textback.engine.state import State
from textback.store import desk, history, leads
from textback.store.db import Row, Tx
from textback.store.desk import Happening
from textback.store.history import BEGINS
from textback.store.ledger import Recorded
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.episodes import Looks
from textback.web.history import looks_of
from textback.web.leadtable import cells_of, for_role, spoken
from textback.web.merged import Told, Whole, aside
from textback.web.phrases import tell
from textback.web.present import moment, outcome_words
from textback.web.reasons import reason_words
from textback.web.together import together

HANDOVERS = ("escalated", "taken_over", "handed_back", "assigned", "owner_idle", "completed", "reopened")
KINDS = (BEGINS, "session_started", "session_ended", *HANDOVERS)
MOST_EVENTS = 80
MOST_CONSENT = 10
MOST_SHOWN = 12
#: What an entry of the ledger of consent means.
CONSENT = {
    "opt_in": "Opted in",
    "confirm": "Confirmed their opt-in",
    "opt_out": "Opted out",
    "re_opt_in": "Opted in again",
    "import": "Consent imported",
    "expire": "Consent expired",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline, the newest first: when, the icon, the words, what more there is, and of an episode its
    `key`, with the id `before` which the thread has it, "" where it is the latest; of contacts that were merged, the
    `merge` that can be undone."""

    at: int
    when: str
    icon: str
    words: str
    detail: str = ""
    key: str = ""
    before: str = ""
    merge: str = ""


def _episodes(events: Sequence[Happening], looks: Looks) -> list[Entry]:
    """Episodes among these events, which are in order: what ran in each, and how it ended."""
    found: list[Entry] = []
    starts = [event for event in events if event.kind == BEGINS]
    for place, start in enumerate(starts):
        before = starts[place + 1].arrival_id if place + 1 < len(starts) else ""
        mine = [one for one in events if start.arrival_id <= one.arrival_id and (not before or one.arrival_id < before)]
        ran = [str(one.data.get("flow", "")) for one in mine if one.kind == "session_started"]
        names = dict.fromkeys(looks.flows.get(name) or name.replace("_", " ").capitalize() for name in ran if name)
        ended = [outcome_words(str(one.data.get("outcome", ""))) for one in mine if one.kind == "session_ended"]
        found.append(
            Entry(
                start.at, "", "inbox", tell("Episode {n}", n=start.data.get("number", "")).strip(),
                ", ".join([*names, *ended[-1:]]), start.arrival_id, before,
            )
        )  # fmt: skip
    return found


def _handover(event: Happening, me: str) -> Entry:
    """Who had it from then on."""
    data = event.data
    who = tell("you") if data.get("user") == me else data.get("name") or tell("somebody")
    icon, words, detail = "person", "", ""
    match event.kind:
        case "escalated":
            icon, words, detail = "up-person", tell("Handed to a person"), reason_words(str(data.get("reason", "")))
        case "taken_over":
            words = tell("Taken over by {name}", name=who)
        case "handed_back":
            icon, words, detail = "return", tell("Back to the bot"), tell("by {name}", name=who)
        case "assigned":
            named = tell("you") if data.get("to") == me else str(data.get("to_name") or "")
            to = named or (tell("the queue {queue}", queue=data["queue"]) if data.get("queue") else "")
            words = tell("Given to {to}", to=to) if to else tell("Put back to waiting")
            detail = tell("by {name}", name=who)
        case "owner_idle":
            icon, words, detail = "clock", tell("Waiting again"), tell("{name} was away", name=who)
        case "completed":
            icon, words = "check", tell("Completed by {name}", name=who)
        case _:
            icon, words = "return", tell("Opened again by {name}", name=who)
    return Entry(event.at, "", icon, words, detail)


def _consent(entries: Sequence[Recorded]) -> list[Entry]:
    found = []
    for one in entries:
        said = CONSENT.get(one.row["type"])
        if said is not None:
            icon = "block" if one.row["type"] in ("opt_out", "expire") else "check"
            words = f"“{one.words}”" if one.words else one.row["method"] or ""
            found.append(Entry(one.row["occurred_at"], "", icon, tell(said), words))
    return found


def timeline(
    events: Sequence[Happening], consent: Sequence[Recorded], looks: Looks, merged: Sequence[Told] = ()
) -> list[Entry]:
    """What happened with somebody, the newest first. `events` are in order."""
    merges = [Entry(one.at, "", "people", one.words, one.detail, merge=one.merge) for one in merged]
    hands = [_handover(event, looks.me) for event in events if event.kind in HANDOVERS]
    every = [*_episodes(events, looks), *hands, *_consent(consent), *merges]
    # What was later in the same turn stands above; an episode has begun before what happened in it.
    every.sort(key=lambda one: (one.at, not one.key))
    return [_dated(one, looks) for one in every[::-1][:MOST_SHOWN]]


def _dated(one: Entry, looks: Looks) -> Entry:
    return replace(one, when=moment(one.at, looks.zone, looks.now))


async def person_of(ctx: WebContext, user: User, row: Row[Any], state: State, whole: Whole) -> Mapping[str, Any]:
    """What the templates of fields, tags and timeline need: of merged contacts what is known of all."""
    contact, bucket = row.contact_id, bucket_of(row.contact_id)

    def read(tx: Tx) -> tuple[Any, ...]:
        events = history.milestones(tx, contact, bucket, KINDS, MOST_EVENTS)
        return (
            leads.fields(tx, ctx.workspace), leads.colours(tx, ctx.workspace), events[::-1],
            desk.consent_log(tx, contact, MOST_CONSENT),
        )  # fmt: skip

    fields, colours, events, consent = await ctx.db.read(read)
    mine = for_role(fields, user.role)
    state = together(state, whole.states)
    known = state.fields
    return {
        "called": str(known.get("name") or row.name or ""),
        "cells": cells_of(mine, known),
        "raw": {
            one.name: spoken(known[one.name]) for one in mine if not one.sensitive and known.get(one.name) is not None
        },
        "tags": list(state.tags),
        "colours": colours,
        "timeline": timeline(events, consent, looks_of(ctx, user), whole.told),
        "aside": aside(whole, {one.name: one.title for one in mine if not one.sensitive}),
    }
