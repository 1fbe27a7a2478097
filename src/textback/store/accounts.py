"""People who may come in: users, sessions, login links, failed logins, and the audit trail.

Tokens are kept as SHA-256 only: they are long and random, so a slow hash would add nothing. Passwords come
here already hashed with argon2.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from textback.core.ids import new_id
from textback.core.when import DAY, MINUTE
from textback.store.tables_desk import audit, login_failures, login_links, users, web_sessions

SESSION_LIFE = 14 * DAY
LINK_LIFE = 30 * MINUTE

_u, _s, _l, _f = users.c, web_sessions.c, login_links.c, login_failures.c


def token_hash(token: str) -> str:
    """How a token or key is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def write_audit(
    tx: Connection,
    workspace: str,
    actor: str,
    action: str,
    subject: str,
    now: int,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Note who did what to what. `data` never holds a secret or the words of a text."""
    tx.execute(
        insert(audit),
        {
            "id": new_id(),
            "workspace": workspace,
            "at": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "data": msgspec.json.encode(data or {}).decode(),
        },
    )


def add_user(tx: Connection, workspace: str, email: str, name: str, role: str, now: int) -> str | None:
    """Add a person without a password; returns the id, or None when the address is taken."""
    if user_by_email(tx, email) is not None:
        return None
    id_ = new_id()
    tx.execute(
        insert(users),
        {
            "id": id_,
            "workspace": workspace,
            "email": email,
            "name": name,
            "password_hash": "",
            "role": role,
            "created_at": now,
        },
    )
    return id_


def user_by_email(tx: Connection, email: str) -> Row[Any] | None:
    """The person who signs in with this address."""
    return tx.execute(select(users).where(_u.email == email)).first()


def set_password(tx: Connection, user_id: str, password_hash: str) -> None:
    """Replace a password and end the person's other sessions."""
    tx.execute(update(users).where(_u.id == user_id).values(password_hash=password_hash))
    tx.execute(delete(web_sessions).where(_s.user_id == user_id))


def add_session(
    tx: Connection, user_id: str, now: int, life: int = SESSION_LIFE, place: str = "", device: str = ""
) -> str:
    """Sign a person in for so long (ms), from this network and device; returns the token for their cookie."""
    token = secrets.token_urlsafe(32)
    tx.execute(delete(web_sessions).where(_s.expires_at <= now))
    tx.execute(
        insert(web_sessions),
        {
            "token_hash": token_hash(token),
            "user_id": user_id,
            "csrf": secrets.token_urlsafe(24),
            "created_at": now,
            "expires_at": now + life,
            "seen_at": now,
            "place": place,
            "device": device,
        },
    )
    return token


def session(tx: Connection, workspace: str, token: str, now: int) -> Row[Any] | None:
    """Who a cookie belongs to: their row and their session's, and whether they have a password and a second step. Who
    was deactivated is nobody."""
    columns = (
        _s.token_hash, _s.user_id, _s.csrf, _s.created_at, _s.seen_at, _s.place, _u.email, _u.name, _u.role,
        _u.language, _u.sight, _u.lines, (_u.password_hash != "").label("has_password"),
        (_u.totp_secret != "").label("has_code"),
    )  # fmt: skip
    query = select(*columns).join(users, _u.id == _s.user_id)
    query = query.where(_s.token_hash == token_hash(token), _s.expires_at > now)
    query = query.where(_u.workspace == workspace, _u.deactivated_at.is_(None))
    rows: list[Row[Any]] = list(tx.execute(query))
    return rows[0] if rows else None


def end_session(tx: Connection, token: str) -> None:
    """Sign out."""
    tx.execute(delete(web_sessions).where(_s.token_hash == token_hash(token)))


def add_link(tx: Connection, user_id: str, now: int, life: int = LINK_LIFE) -> str:
    """A token that signs the person in once."""
    token = secrets.token_urlsafe(24)
    tx.execute(delete(login_links).where(_l.expires_at <= now))
    tx.execute(insert(login_links), {"token_hash": token_hash(token), "user_id": user_id, "expires_at": now + life})
    return token


def link_is_good(tx: Connection, token: str, now: int) -> bool:
    """Whether a login link could still be used."""
    query = select(_l.user_id).join(users, _u.id == _l.user_id)
    query = query.where(_l.token_hash == token_hash(token), _l.expires_at > now, _u.deactivated_at.is_(None))
    return tx.execute(query).first() is not None


def use_link(tx: Connection, workspace: str, token: str, now: int) -> Row[Any] | None:
    """Use a login link up; returns the user, or None when it was used, is too old or never was."""
    query = delete(login_links).where(_l.token_hash == token_hash(token), _l.expires_at > now).returning(_l.user_id)
    found = tx.execute(query).first()
    if found is None:
        return None
    query_user = select(users).where(_u.id == found.user_id, _u.workspace == workspace, _u.deactivated_at.is_(None))
    return tx.execute(query_user).first()


def failures(tx: Connection, key: str, now: int) -> int:
    """How many logins have failed lately under this key."""
    return tx.execute(select(_f["count"]).where(_f.key == key, _f.until > now)).scalar() or 0


def add_failure(tx: Connection, key: str, now: int, wait: int) -> int:
    """Count a failed login; it is forgotten `wait` ms after the last one. Returns how many there are now."""
    count = failures(tx, key, now) + 1
    tx.execute(delete(login_failures).where((_f.key == key) | (_f.until <= now)))
    tx.execute(insert(login_failures), {"key": key, "count": count, "until": now + wait})
    return count


def take_back_failure(tx: Connection, key: str) -> None:
    """One that was counted beforehand did not fail after all."""
    tx.execute(update(login_failures).where(_f.key == key).values(count=_f["count"] - 1))


def forget_failures(tx: Connection, key: str) -> None:
    """They got in."""
    tx.execute(delete(login_failures).where(_f.key == key))
