"""Making a simulated phone misbehave, and moving the clock of a demo ahead."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from textback.core.when import SECOND
from textback.pipeline.simulating import FAULTS, LINE
from textback.store import accounts
from textback.store import simulator as store
from textback.web.auth import User
from textback.web.context import WebContext
from textback.web.routing import Route
from textback.web.security import Denied
from textback.web.simclock import STEPS
from textback.web.simulator import TURN_WAIT, phone_of

REAL = (
    "This server has real lines, or shares its database with others: moving its clock would send real customers what "
    "is not due. Move the clock in textback demo."
)


async def behave(request: Request) -> Response:
    """POST /try/{phone}/faults: turn a fault of this phone on or off (`fault`)."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    phone = phone_of(request)
    fault = request.state.form.get("fault", "")
    if fault not in FAULTS or ctx.phones is None:
        raise Denied(400, "There is no such fault.")
    known = await ctx.db.read(store.behaviour, ctx.workspace, phone)
    for text in await ctx.phones.behave(phone, known.faults ^ {fault}):
        await ctx.road.receive(LINE, [text], wait=TURN_WAIT)
    data = {"fault": fault, "on": str(fault not in known.faults)}
    now = ctx.road.now()
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "simulator.fault", phone, now, data)
    return RedirectResponse(f"/try/{phone.lstrip('+')}", 303)


async def move_clock(request: Request) -> Response:
    """POST /try/{phone}/clock: move the server's clock ahead by an hour or a day, or to what comes due next here
    (`by`). Refused where there are real lines."""
    ctx: WebContext = request.app.state.ctx
    user: User = request.state.user
    phone = phone_of(request)
    by = request.state.form.get("by", "")
    ms = STEPS.get(by, 0)
    if by == "next":
        contact = await ctx.db.read(store.contact_of, ctx.workspace, phone)
        found = await ctx.db.read(store.next_due, contact) if contact else None
        ms = 0 if found is None else max(found[0] - ctx.road.now(), 0) + SECOND
    if not ms:
        raise Denied(400, "Move the clock by an hour, by a day, or to what is due next.")
    now = ctx.road.now()
    if not await ctx.road.move_clock(ms):
        raise Denied(409, REAL)
    data = {"by": by, "ms": ms}
    await ctx.db.write(accounts.write_audit, ctx.workspace, user.email, "simulator.clock", phone, now, data)
    return RedirectResponse(f"/try/{phone.lstrip('+')}", 303)


ROUTES = (
    Route("POST", "/try/{phone}/faults", "simulator", behave),
    Route("POST", "/try/{phone}/clock", "simulator", move_clock),
)
