"""However much is stored, a text touches little of it: SQLite finds whatever the road asks for by an index."""

import re
from typing import Any

from sqlalchemy import event

from tests.engine.talk import BOT, flow
from tests.pipeline.test_perform import Other
from tests.pipeline.working import ANA, BEN, working
from textback.actions.base import Failed
from textback.channels.base import Accepted, Failure
from textback.core.ids import new_id
from textback.core.when import HOUR, MINUTE
from textback.engine.arrivals import AgentReply, ApiSend
from textback.engine.load import load_bot
from textback.store import reconcile
from textback.store.db import Db, Tx

#: They grow with every contact or with every text.
GROWING = "addresses|arrivals|consent_events|contacts|conversations|jobs|messages|sessions|suppressions|turns"
#: The whole table, or all of a bucket or of a workspace. The index of what is pending holds little.
WIDE = re.compile(
    rf"SCAN ({GROWING})\b(?! USING (COVERING )?INDEX (arrivals_pending|jobs_due))"
    rf"|SEARCH ({GROWING}) USING [A-Z ]+ \((bucket|workspace)=\?\)"
)
SQL = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


async def test_nothing_on_the_road_looks_through_a_table(file_db: Db) -> None:
    asked: dict[str, Any] = {}

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(SQL):
            asked.setdefault(statement, parameters)

    engines = (file_db._write_engine, file_db._read_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    steps = "- ask: words\n  text: Go on.\n  expire: {after: 1m, then: [{say: Bye.}]}\n- say: You said {{ words }}.\n"
    steps += "- call: note\n  on_error: end\n"
    files = {"bot.yml": f"{BOT}actions: {{note: {{http: 'https://example.com'}}}}\n"}
    noting = load_bot({**files, "flows/main.yml": flow(steps, start="book")}, 1)
    async with working(file_db, noting, performs=Other(Failed("misconfigured"))) as node:
        node.phones.answer(ANA, Accepted("p-1"), Failure("unknown"), Failure("retry"))
        for words in ("book", "tea", "book", "x"):
            await node.text(words)
        await node.text("book", BEN)
        await node.phones.took(4)
        await node.status("delivered", "p-1")
        await node.status("delivered", "p-2", message_id="1" * 24)
        node.clock.at += 2 * MINUTE
        home = await node.home()
        await node.road.post(home.contact_id, AgentReply("u1", "Mara", "Hi", new_id()), wait=5.0)
        for kind in ("informational", "promotional"):
            send = ApiSend(key_name="crm", text="Ready.", message_id=new_id(), message_class=kind)
            await node.road.send_to("one", BEN, send, wait=5.0)
        await node.text("STOP")
        await node.text("START")
        rows = await file_db.read(reconcile.unknown_sends, "default", "one", node.clock.at + HOUR, 10)
        await file_db.write(reconcile.still_unknown, rows)
        keys = [{"b": row.bucket, "k": row.contact_id, "i": row.id} for row in rows]
        await file_db.write(reconcile.queue_again, keys, node.clock.at)
        await file_db.read(reconcile.missing, "default", [(ANA, "m-1")])
        await file_db.read(reconcile.climbing, "default", [reconcile.Report("p-1", ANA, "read", "m-1")])
        await file_db.read(reconcile.already_ours, {(1, "p-1")})
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)

    def plans(tx: Tx) -> dict[str, list[str]]:
        found = {}
        for statement, parameters in asked.items():
            plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            found[statement] = [line for line in plan if WIDE.search(line)]
        return {statement: lines for statement, lines in found.items() if lines}

    assert len(asked) > 40
    assert await file_db.read(plans) == {}
