"""What pages show of contacts that are one: their addresses, what is known of them together, and what was merged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textback.engine.state import State
from textback.store import desk_lists, merges
from textback.store.db import Row, Tx
from textback.store.merges import Merge
from textback.store.sight import Sight
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.leadtable import spoken
from textback.web.phrases import tell
from textback.web.present import CHANNELS, moment, name_of
from textback.web.together import NAME, differing, known_of, together


@dataclass(frozen=True, slots=True)
class Part:
    """One of the contacts: its address, and whether it is the one that is kept; `merge` is the merge in force by which
    it came, "" of the kept one, with when and by whom."""

    id: str
    name: str
    address: str
    channel: str
    line: str
    opted_out: bool
    kept: bool
    merge: str = ""
    when: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the timeline: contacts were merged, or a merge was undone. `merge` can be undone by its id."""

    at: int
    words: str
    detail: str
    merge: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """All that are one with a contact and that whoever looks may see, the kept one first, itself too. `differing` are
    the fields with more than one value; `told` is what the timeline says; `notice` what was just done, with the merge
    that can be undone."""

    parts: Sequence[Part] = ()
    states: Sequence[State] = ()
    differing: Mapping[str, list[Any]] = field(default_factory=dict)
    told: Sequence[Told] = ()
    notice: tuple[str, str] = ("", "")

    @property
    def one(self) -> bool:
        """Whether there is more than one."""
        return len(self.parts) > 1


def _read(tx: Tx, workspace: str, contact_id: str, sight: Sight) -> tuple[list[Row[Any]], list[Merge], dict[str, Any]]:
    whole = merges.whole(tx, workspace, contact_id)
    ever = merges.of_whole(tx, workspace, whole)
    named = {*whole, *(one.kept for one in ever), *(one.other for one in ever)}
    rows = desk_lists.states(tx, workspace, named, sight)
    return [rows[id_] for id_ in whole if id_ in rows], ever, rows


async def whole_of(ctx: WebContext, user: User, contact_id: str, done: str = "") -> Whole:
    """Who is one with a contact, as far as this person sees them. `done` is the merge of a notice."""
    rows, ever, named = await ctx.db.read(_read, ctx.workspace, contact_id, user.sight)
    zone, now = ctx.bot().timezone, ctx.road.now()
    names = {id_: name_of("", row.address) for id_, row in named.items()}
    states = [known_of(row) for row in rows]
    came = {one.other: one for one in ever if one.undone_at is None}
    parts = [part_of(row, state, came.get(row.contact_id), zone, now) for row, state in zip(rows, states, strict=True)]
    seen = [one for one in ever if one.kept in named and one.other in named]
    mine = [one for one in seen if contact_id in (one.kept, one.other) or one.undone_at is None]
    told = [line for one in mine for line in _told(one, names)]
    just = next((one for one in ever if one.id == done), None)
    return Whole(parts, states, differing(states), told, _notice(just, names) if just else ("", ""))


def part_of(row: Row[Any], state: State, came: Merge | None, zone: str, now: int) -> Part:
    """A conversation as one of several of a contact."""
    when = moment(came.at, zone, now) if came else ""
    channel = tell(CHANNELS.get(state.channel, "Text"))
    return Part(
        row.contact_id, name_of(row.name, row.address), row.address, channel, row.line,
        bool(row.opted_out), came is None, came.id if came else "", when, came.actor if came else "",
    )  # fmt: skip


def _told(one: Merge, names: Mapping[str, str]) -> list[Told]:
    kept, other = (names.get(id_) or tell("another contact") for id_ in (one.kept, one.other))
    words = tell("Merged: {other} into {kept}", other=other, kept=kept)
    found = [Told(one.at, words, tell("by {name}", name=one.actor), "" if one.undone_at else one.id)]
    if one.undone_at:
        words = tell("Merge undone: {other} and {kept}", other=other, kept=kept)
        found.append(Told(one.undone_at, words, tell("by {name}", name=one.undone_by)))
    return found


def _notice(one: Merge, names: Mapping[str, str]) -> tuple[str, str]:
    kept, other = (names.get(id_) or tell("another contact") for id_ in (one.kept, one.other))
    if one.undone_at:
        return tell("{other} and {kept} are two contacts again.", other=other, kept=kept), ""
    return tell("{other} and {kept} are one contact now.", other=other, kept=kept), one.id


def aside(whole: Whole, titles: Mapping[str, str]) -> list[tuple[str, str]]:
    """The values that another contact's stand before, by the titles of these fields, and the name's."""
    named = {NAME: tell("Name"), **titles}
    return [
        (named[name], ", ".join(spoken(value) for value in values[1:]))
        for name, values in whole.differing.items()
        if name in named
    ]


# ---- Lists


async def rows_with(ctx: WebContext, sight: Sight, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    """Of those of these contacts that are merged, the conversations of all that are one, the kept one's first, as far
    as somebody who sees this much sees them."""

    def read(tx: Tx) -> dict[str, list[Row[Any]]]:
        wholes = merges.wholes(tx, ctx.workspace, ids)
        every = {one for whole in wholes.values() for one in whole}
        rows = desk_lists.states(tx, ctx.workspace, every, sight) if every else {}
        return {id_: [rows[one] for one in whole if one in rows] for id_, whole in wholes.items()}

    return await ctx.db.read(read) if ids else {}


def shown_together(state: State, rows: Sequence[Row[Any]]) -> State:
    """A contact's state with what is known of all that are one with it."""
    return together(state, [known_of(row) for row in rows])
