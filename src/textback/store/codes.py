"""The second step of signing in: who owes a code, the codes that were taken, and recovery codes, kept as hashes."""

import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from textback.core import totp
from textback.core.when import MINUTE
from textback.store import accounts
from textback.store.accounts import token_hash
from textback.store.tables_desk import login_steps, recovery_codes, users

STEP_LIFE = 10 * MINUTE
"""How long (ms) somebody who gave the right password may look for their phone."""
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_u, _p, _r = users.c, login_steps.c, recovery_codes.c


def begin(tx: Connection, user_id: str, how: str, now: int) -> str:
    """Somebody gave the right password or link, and owes a code; gives the token of their cookie."""
    token = secrets.token_urlsafe(32)
    tx.execute(delete(login_steps).where(_p.expires_at <= now))
    row = {"token_hash": token_hash(token), "user_id": user_id, "how": how, "expires_at": now + STEP_LIFE}
    tx.execute(insert(login_steps), row)
    return token


def owing(tx: Connection, workspace: str, token: str, now: int) -> Row[Any] | None:
    """Who owes a code with this token: their row, and `how` they came so far."""
    query = select(users, _p.how).join(users, _u.id == _p.user_id)
    where = (_p.token_hash == token_hash(token), _p.expires_at > now, _u.workspace == workspace)
    return tx.execute(query.where(*where, _u.deactivated_at.is_(None))).first()


def end(tx: Connection, token: str) -> None:
    """They owe it no more."""
    tx.execute(delete(login_steps).where(_p.token_hash == token_hash(token)))


def _plain(given: str) -> str:
    return "".join(char for char in given.lower() if char.isalnum())


def take(tx: Connection, user_id: str, given: str, now: int) -> str:
    """Take a code of somebody: how it was right ("code" or "recovery"), or "" when it was not. None is taken twice, not
    even by two requests at the same time."""
    row = tx.execute(select(_u.totp_secret, _u.totp_last).where(_u.id == user_id)).first()
    if row is None or not row.totp_secret:
        return ""
    step = totp.step_of(row.totp_secret, given, now, row.totp_last)
    if step is not None:
        query = update(users).where(_u.id == user_id, _u.totp_last < step).values(totp_last=step)
        return "code" if tx.execute(query).rowcount else ""
    gone = delete(recovery_codes).where(_r.user_id == user_id, _r.code_hash == token_hash(_plain(given)))
    return "recovery" if tx.execute(gone).rowcount else ""


def turn_on(tx: Connection, workspace: str, who: tuple[str, str], secret: str, step: int, now: int) -> list[str]:
    """Ask somebody (id, e-mail) for codes of this secret from now on; gives their recovery codes, shown once."""
    tx.execute(update(users).where(_u.id == who[0]).values(totp_secret=secret, totp_last=step))
    accounts.write_audit(tx, workspace, who[1], "code.on", who[1], now)
    return _new_codes(tx, who[0])


def turn_off(tx: Connection, workspace: str, who: tuple[str, str], now: int) -> None:
    """Ask them no more."""
    tx.execute(update(users).where(_u.id == who[0]).values(totp_secret="", totp_last=0))
    tx.execute(delete(recovery_codes).where(_r.user_id == who[0]))
    accounts.write_audit(tx, workspace, who[1], "code.off", who[1], now)


def renew(tx: Connection, workspace: str, who: tuple[str, str], now: int) -> list[str]:
    """New recovery codes in the place of all older ones."""
    accounts.write_audit(tx, workspace, who[1], "code.renew", who[1], now)
    return _new_codes(tx, who[0])


def _new_codes(tx: Connection, user_id: str) -> list[str]:
    tx.execute(delete(recovery_codes).where(_r.user_id == user_id))
    made = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    tx.execute(insert(recovery_codes), [{"user_id": user_id, "code_hash": token_hash(code)} for code in made])
    return [f"{code[:5]}-{code[5:]}" for code in made]


def left(tx: Connection, user_id: str) -> int:
    """How many recovery codes somebody has."""
    return tx.execute(select(func.count()).select_from(recovery_codes).where(_r.user_id == user_id)).scalar() or 0
