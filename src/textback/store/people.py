"""Who works at the desk: inviting, changing and deactivating people, their teams, and where they are signed in.

Every change here is written together with its line of the audit log, and every node is told at once, so that an open
page of somebody who may no longer see it ends: `person_key` is what the hub hears.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from textback.core.ids import new_id
from textback.core.when import DAY, MINUTE
from textback.store import accounts, desk_settings
from textback.store.desk_settings import DeskSettings
from textback.store.notify import tell_changed
from textback.store.sight import Sight, sight_of
from textback.store.tables_desk import (
    login_links,
    login_steps,
    recovery_codes,
    team_members,
    teams,
    users,
    web_sessions,
)

INVITATION = 7 * DAY
"""How long (ms) an invitation can be taken."""
SEEN_EVERY = MINUTE
"""How often (ms) it is noted that a session was used."""
SHOWN = 16
"""Characters of a session's hash by which it is named: enough to tell it, too few to be it."""

_u, _s, _l, _t, _m = users.c, web_sessions.c, login_links.c, teams.c, team_members.c


class LastOwner(Exception):
    """Nobody would be left who may change anything."""


class Taken(Exception):
    """Somebody has this address, or a team this name."""


class Signed(msgspec.Struct, frozen=True):
    """Who is signed in: the row of `accounts.session`, what owners have set, and what they see."""

    row: Any
    settings: DeskSettings
    sight: Sight


def person_key(user_id: str) -> str:
    """What the hub calls a person, among the ids of contacts."""
    return f"@{user_id}"


def signed_in(tx: Connection, workspace: str, token: str, now: int) -> Signed | None:
    """Who this cookie is of; None when it is too old, was not used for too long, or is of nobody."""
    row = accounts.session(tx, workspace, token, now)
    if row is None:
        return None
    settings = desk_settings.read(tx, workspace)
    if now - row.created_at > settings.session_life:
        return None
    if settings.idle and now - max(row.seen_at, row.created_at) > settings.idle:
        return None
    return Signed(row, settings, sight_of(tx, row.user_id, row.sight, row.lines))


def note_seen(tx: Connection, token_hash: str, now: int, place: str) -> None:
    """This session was used now, from this network."""
    tx.execute(update(web_sessions).where(_s.token_hash == token_hash).values(seen_at=now, place=place))


def everybody(tx: Connection, workspace: str, now: int) -> list[Row[Any]]:
    """All people, the active first, by name: their row, when they were last `seen` (ms, None: never), and until when an
    invitation can be taken (`invited`)."""
    seen = select(_s.user_id, func.max(_s.seen_at).label("seen")).group_by(_s.user_id).subquery()
    links = select(_l.user_id, func.max(_l.expires_at).label("invited")).where(_l.expires_at > now)
    open_ = links.group_by(_l.user_id).subquery()
    query = (
        select(users, seen.c.seen, open_.c.invited)
        .outerjoin(seen, seen.c.user_id == _u.id)
        .outerjoin(open_, open_.c.user_id == _u.id)
        .where(_u.workspace == workspace)
        .order_by(_u.deactivated_at.is_not(None), func.lower(_u.name), _u.id)
    )
    return list(tx.execute(query))


def person(tx: Connection, workspace: str, user_id: str) -> Row[Any] | None:
    """One of them."""
    return tx.execute(select(users).where(_u.workspace == workspace, _u.id == user_id)).first()


def emails(tx: Connection, workspace: str) -> frozenset[str]:
    """The addresses of all people."""
    return frozenset(tx.execute(select(_u.email).where(_u.workspace == workspace)).scalars())


def invite(
    tx: Connection, workspace: str, by: str, who: tuple[str, str, str], now: int, limits: tuple[str, str] = ("all", "")
) -> tuple[str, str]:
    """Add somebody (address, name, role), restricted to what `limits` (sight, lines) say; gives their id and the token
    of a link that lets them in once. Raises Taken."""
    email, name, role = who
    user_id = accounts.add_user(tx, workspace, email, name, role, now)
    if user_id is None:
        raise Taken
    tx.execute(update(users).where(_u.id == user_id).values(sight=limits[0], lines=limits[1]))
    data = {"role": role, "sight": limits[0], "lines": limits[1]}
    accounts.write_audit(tx, workspace, by, "user.invite", email, now, data)
    return user_id, accounts.add_link(tx, user_id, now, INVITATION)


def new_link(tx: Connection, workspace: str, by: str, row: Row[Any], now: int) -> str:
    """Another link for somebody; older ones work no more."""
    tx.execute(delete(login_links).where(_l.user_id == row.id))
    accounts.write_audit(tx, workspace, by, "user.link", row.email, now)
    return accounts.add_link(tx, row.id, now, INVITATION)


def _owners_without(tx: Connection, workspace: str, user_id: str) -> int:
    """How many owners would be left; they can't be changed by others until this transaction ends."""
    query = select(_u.id).where(_u.workspace == workspace, _u.role == "owner", _u.deactivated_at.is_(None))
    return len(set(tx.execute(query.with_for_update()).scalars()) - {user_id})


def change(tx: Connection, workspace: str, by: str, user_id: str, to: Mapping[str, str], now: int) -> bool:
    """Change somebody's name, role, sight and lines; says whether anything was. Raises LastOwner."""
    row = person(tx, workspace, user_id)
    if row is None:
        return False
    demoted = row.role == "owner" and to.get("role", "owner") != "owner" and row.deactivated_at is None
    if demoted and not _owners_without(tx, workspace, user_id):
        raise LastOwner
    changed = {name: value for name, value in to.items() if value != getattr(row, name)}
    if not changed:
        return False
    tx.execute(update(users).where(_u.id == user_id).values(**changed))
    data = {name: {"from": getattr(row, name), "to": value} for name, value in changed.items()}
    accounts.write_audit(tx, workspace, by, "user.change", row.email, now, data)
    tell_changed(tx, workspace, person_key(user_id))
    return True


def deactivate(tx: Connection, workspace: str, by: str, user_id: str, now: int) -> bool:
    """Let somebody in no more, and sign them out everywhere. What they wrote stays. Raises LastOwner."""
    row = person(tx, workspace, user_id)
    if row is None or row.deactivated_at is not None:
        return False
    if row.role == "owner" and not _owners_without(tx, workspace, user_id):
        raise LastOwner
    tx.execute(update(users).where(_u.id == user_id).values(deactivated_at=now))
    tx.execute(delete(login_links).where(_l.user_id == user_id))
    _sign_out(tx, workspace, user_id)
    accounts.write_audit(tx, workspace, by, "user.deactivate", row.email, now)
    return True


def activate(tx: Connection, workspace: str, by: str, user_id: str, now: int) -> bool:
    """Let somebody in again."""
    row = person(tx, workspace, user_id)
    if row is None or row.deactivated_at is None:
        return False
    tx.execute(update(users).where(_u.id == user_id).values(deactivated_at=None))
    accounts.write_audit(tx, workspace, by, "user.activate", row.email, now)
    return True


def _sign_out(tx: Connection, workspace: str, user_id: str) -> int:
    tx.execute(delete(login_steps).where(login_steps.c.user_id == user_id))
    ended = tx.execute(delete(web_sessions).where(_s.user_id == user_id)).rowcount
    tell_changed(tx, workspace, person_key(user_id))
    return int(ended)


def sign_out(tx: Connection, workspace: str, by: str, row: Row[Any], now: int) -> int:
    """End all sessions of somebody; how many there were."""
    ended = _sign_out(tx, workspace, row.id)
    accounts.write_audit(tx, workspace, by, "user.sign_out", row.email, now, {"sessions": ended})
    return ended


def set_language(tx: Connection, user_id: str, language: str) -> None:
    """The language that this person's pages have; "" for what their browser wants."""
    tx.execute(update(users).where(_u.id == user_id).values(language=language))


# ---- Sessions


def sessions_of(tx: Connection, user_id: str, now: int) -> list[Row[Any]]:
    """Where somebody is signed in, the latest used first."""
    query = select(web_sessions).where(_s.user_id == user_id, _s.expires_at > now)
    return list(tx.execute(query.order_by(_s.seen_at.desc(), _s.created_at.desc())))


def end_sessions(
    tx: Connection, workspace: str, who: tuple[str, str], keep: str, named: str, now: int
) -> int:  # fmt: skip
    """End one session of somebody (id, e-mail), or all but the one that is asked from (`keep`, its hash), where none is
    named; how many there were."""
    user_id, email = who
    where = [_s.user_id == user_id, _s.token_hash != keep]
    if named:
        where.append(func.substr(_s.token_hash, 1, SHOWN) == named)
    ended = int(tx.execute(delete(web_sessions).where(*where)).rowcount)
    if ended:
        accounts.write_audit(tx, workspace, email, "session.end", email, now, {"sessions": ended})
        tell_changed(tx, workspace, person_key(user_id))
    return ended


# ---- Teams


def all_teams(tx: Connection, workspace: str) -> list[tuple[Row[Any], list[Row[Any]]]]:
    """Each team by name, with its people by name."""
    rows: list[Row[Any]] = list(
        tx.execute(select(teams).where(_t.workspace == workspace).order_by(func.lower(_t.name), _t.id))
    )
    query = select(_m.team_id, _u.id, _u.name).join(users, _u.id == _m.user_id).order_by(func.lower(_u.name), _u.id)
    members: list[Row[Any]] = list(tx.execute(query.where(_u.workspace == workspace)))
    return [(row, [one for one in members if one.team_id == row.id]) for row in rows]


def _told(tx: Connection, workspace: str, people: Collection[str]) -> None:
    for user_id in people:
        tell_changed(tx, workspace, person_key(user_id))


class Team(msgspec.Struct, frozen=True):
    """A team as a form has it: no id for a new one."""

    id: str
    name: str
    lines: Sequence[str]
    people: Collection[str]


def save_team(tx: Connection, workspace: str, by: str, team: Team, now: int) -> str:
    """Make a team or change one; its id, "" where there is none. Raises Taken."""
    team_id, name, lines, people = team.id, team.name, team.lines, team.people
    same = select(_t.id).where(_t.workspace == workspace, func.lower(_t.name) == name.lower(), _t.id != team_id)
    if tx.execute(same).first() is not None:
        raise Taken
    known = set(tx.execute(select(_u.id).where(_u.workspace == workspace, _u.id.in_(list(people)))).scalars())
    before: set[str] = set()
    if team_id:
        where = (_t.workspace == workspace, _t.id == team_id)
        if tx.execute(update(teams).where(*where).values(name=name, lines=" ".join(lines))).rowcount == 0:
            return ""
        before = set(tx.execute(select(_m.user_id).where(_m.team_id == team_id)).scalars())
        tx.execute(delete(team_members).where(_m.team_id == team_id))
    else:
        team_id = new_id()
        row = {"id": team_id, "workspace": workspace, "name": name, "lines": " ".join(lines), "created_at": now}
        tx.execute(insert(teams), row)
    if known:
        tx.execute(insert(team_members), [{"team_id": team_id, "user_id": one} for one in sorted(known)])
    data = {"lines": list(lines), "people": len(known)}
    accounts.write_audit(tx, workspace, by, "team.save", name, now, data)
    _told(tx, workspace, known | before)
    return team_id


def remove_team(tx: Connection, workspace: str, by: str, team_id: str, now: int) -> bool:
    """Remove a team. Who was restricted to it sees less, never more."""
    row = tx.execute(select(teams).where(_t.workspace == workspace, _t.id == team_id)).first()
    if row is None:
        return False
    people = set(tx.execute(select(_m.user_id).where(_m.team_id == team_id)).scalars())
    tx.execute(delete(team_members).where(_m.team_id == team_id))
    tx.execute(delete(teams).where(_t.id == team_id))
    accounts.write_audit(tx, workspace, by, "team.remove", row.name, now)
    _told(tx, workspace, people)
    return True


def reset_code(tx: Connection, workspace: str, by: str, row: Row[Any], now: int) -> None:
    """Take somebody's second step away: they lost their phone. They are signed out, and set up another one."""
    tx.execute(update(users).where(_u.id == row.id).values(totp_secret="", totp_last=0))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user_id == row.id))
    _sign_out(tx, workspace, row.id)
    accounts.write_audit(tx, workspace, by, "code.reset", row.email, now)
