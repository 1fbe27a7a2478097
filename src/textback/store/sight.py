"""Whose conversations a person sees. A person who is restricted sees those on their own lines and on the lines of
their teams, those that somebody of their teams has, and their own: never another one. Every query of conversations for
a person has `seen` among its conditions, and what is about one conversation asks `sees`."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true
from sqlalchemy.sql.expression import false

from textback.store.tables import conversations
from textback.store.tables_desk import team_members, teams

_c, _t, _m = conversations.c, teams.c, team_members.c


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees: everything, or conversations on these lines and those that these people have. Nothing, unless
    it is said."""

    everything: bool = False
    lines: frozenset[str] = field(default_factory=frozenset)
    people: frozenset[str] = field(default_factory=frozenset)


ALL = Sight(everything=True)
NOTHING = Sight()


def sight_of(tx: Connection, user_id: str, kind: str, lines: str) -> Sight:
    """What a person sees, of the columns `sight` and `lines` of their row. An unknown kind is a restriction."""
    if kind == "all":
        return ALL
    query = select(_t.id, _t.lines).join(team_members, _m.team_id == _t.id)
    mine = list(tx.execute(query.where(_m.user_id == user_id)))
    mates = select(_m.user_id).where(_m.team_id.in_([row.id for row in mine]))
    people = set(tx.execute(mates).scalars()) if mine else set()
    named = {line for text in (lines, *(row.lines for row in mine)) for line in text.split()}
    return Sight(False, frozenset(named), frozenset({*people, user_id}))


def seen(sight: Sight) -> ColumnElement[bool]:
    """The condition on `conversations` that a person who sees this much may see a row."""
    if sight.everything:
        return true()
    ways: list[ColumnElement[bool]] = []
    if sight.lines:
        ways.append(_c.line.in_(sorted(sight.lines)))
    if sight.people:
        ways.append(and_(_c.owner_kind == "person", _c.owner_id.in_(sorted(sight.people))))
    return or_(*ways) if ways else false()


def sees(sight: Sight, row: Any) -> bool:
    """Whether a person who sees this much may see this conversation: a row with line, owner_kind and owner_id."""
    if sight.everything:
        return True
    return row.line in sight.lines or (row.owner_kind == "person" and row.owner_id in sight.people)


def team_names(tx: Connection, workspace: str) -> dict[str, str]:
    """What the teams are called, by id, in the order of their names."""
    query = select(_t.id, _t.name).where(_t.workspace == workspace).order_by(_t.name, _t.id)
    return {row.id: row.name for row in tx.execute(query)}


def of_team(tx: Connection, workspace: str, team_id: str) -> Sight:
    """What is a team's: conversations on its lines, and those that its people have. Of no such team, nothing."""
    lines = tx.execute(select(_t.lines).where(_t.workspace == workspace, _t.id == team_id)).scalar()
    if lines is None:
        return NOTHING
    people = tx.execute(select(_m.user_id).where(_m.team_id == team_id)).scalars()
    return Sight(False, frozenset(lines.split()), frozenset(people))


def of_contact(tx: Connection, workspace: str, contact_id: str, bucket: int) -> Any | None:
    """What `sees` needs to know of one conversation; None where there is none."""
    query = select(_c.line, _c.owner_kind, _c.owner_id)
    return tx.execute(query.where(_c.workspace == workspace, _c.bucket == bucket, _c.contact_id == contact_id)).first()
