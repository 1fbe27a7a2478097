"""Settings, audit log: what people changed and exported, to look through and to take away."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from textback.core.text import clean
from textback.core.when import DAY, to_iso, to_ms
from textback.store import accounts, audit
from textback.store.audit import Asked
from textback.store.db import Row, Tx
from textback.web.context import WebContext
from textback.web.csvcells import guarded
from textback.web.pages import page
from textback.web.present import moment
from textback.web.security import Denied

LINES = 50
MOST_EXPORTED = 200_000
FORMATS = ("csv", "json")


def _day(text: str, zone: str) -> int:
    """The beginning of a day (ms) at the business, 0 for none."""
    try:
        return to_ms(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
    except (ValueError, OverflowError):
        return 0


def _asked(request: Request, zone: str) -> tuple[Asked, dict[str, str]]:
    """What is looked for, and the form that says so."""
    given = {
        name: clean(request.query_params.get(name, "")).strip()[:320] for name in ("by", "did", "to", "from", "until")
    }
    until = _day(given["until"], zone)
    asked = Asked(given["by"], given["did"][:64], given["to"], _day(given["from"], zone), until + DAY if until else 0)
    return asked, given


def words_of(data: str) -> list[tuple[str, str]]:
    """The data of a line as pairs of words."""
    found = msgspec.json.decode(data)
    if not isinstance(found, dict):
        return []
    return [(str(name).replace("_", " "), _plain(value)) for name, value in found.items()]


def _plain(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"from", "to"}:
        return f"{value['from'] or '–'} → {value['to'] or '–'}"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


async def audit_page(request: Request) -> Response:
    """GET /settings/audit: the latest lines, with `by`, `did`, `to`, `from` and `until` those that are looked for."""
    ctx: WebContext = request.app.state.ctx
    zone, now = ctx.bot().timezone, ctx.road.now()
    asked, form = _asked(request, zone)
    before = clean(request.query_params.get("before", ""))[:32]
    rows = await ctx.db.read(audit.lines, ctx.workspace, asked, LINES + 1, before)
    query = {name: value for name, value in form.items() if value}
    data = {
        "lines": [(row, moment(row.at, zone, now), words_of(row.data)) for row in rows[:LINES]],
        "form": form,
        "actions": await ctx.db.read(audit.actions, ctx.workspace),
        "older": "?" + urlencode({**query, "before": rows[LINES - 1].id}) if len(rows) > LINES else "",
        "newest": "?" + urlencode(query) if before else "",
        "exports": [(kind, "?" + urlencode({**query, "as": kind})) for kind in FORMATS],
    }
    return page(request, "audit.html", data)


def _collect(tx: Tx, workspace: str, asked: Asked) -> list[Row[Any]]:
    return [row for rows in audit.batches(tx, workspace, asked, MOST_EXPORTED) for row in rows]


def _as_csv(rows: list[Row[Any]]) -> Iterator[str]:
    file = io.StringIO()
    out = csv.writer(file)
    out.writerow(("at", "by", "did", "to", "data"))
    for row in rows:
        out.writerow((to_iso(row.at), guarded(row.actor), guarded(row.action), guarded(row.subject), row.data))
        yield file.getvalue()
        file.seek(0)
        file.truncate()
    yield file.getvalue()


def _as_json(rows: list[Row[Any]]) -> Iterator[str]:
    for row in rows:
        line = {
            "at": to_iso(row.at),
            "by": row.actor,
            "did": row.action,
            "to": row.subject,
            "data": msgspec.Raw(row.data.encode()),
        }
        yield msgspec.json.encode(line).decode() + "\n"


async def export(request: Request) -> Response:
    """GET /settings/audit/export: all lines that are looked for, `as` csv or json (a line each). The log notes it."""
    ctx: WebContext = request.app.state.ctx
    kind = request.query_params.get("as", "csv")
    if kind not in FORMATS:
        raise Denied(400, "Export it as csv or json.")
    asked, form = _asked(request, ctx.bot().timezone)
    rows = await ctx.db.read(_collect, ctx.workspace, asked)
    data = {"as": kind, "lines": len(rows), **{name: value for name, value in form.items() if value}}
    actor, now = request.state.user.email, ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, actor, "audit.export", "audit", now, data)
    name = f"audit-{to_iso(now)[:10]}.{'csv' if kind == 'csv' else 'jsonl'}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    media = "text/csv; charset=utf-8" if kind == "csv" else "application/x-ndjson"
    return StreamingResponse(_as_csv(rows) if kind == "csv" else _as_json(rows), 200, headers, media_type=media)
