"""Finding texts and people by words: an index beside the messages, SQLite's FTS5 or PostgreSQL's GIN.

Nothing here is part of a turn. Texts are added in batches from behind (`add_texts`), and go with what they are of:
when a contact is erased, and when a text has been kept for long enough.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, delete, func, select, text, tuple_, update

from textback.core.ids import bucket_of, made_at
from textback.core.words import Query, edges, number_tokens, tokens
from textback.store.many import Inserts, upserter
from textback.store.tables import arrivals, contacts, conversations, messages
from textback.store.tables_search import search_people, search_progress, search_texts

STRETCHES = (22, 26, 30, 34)
"""Stretches of time that texts are found by, as powers of two in ms: about an hour, a day, twelve days, half a year."""
TOGETHER = 200
_DOCS: BindParameter[Any] = bindparam("docs", expanding=True)
_m, _p, _c, _s = messages.c, contacts.c, conversations.c, search_texts.c
_add_texts = Inserts(search_texts, suffix="ON CONFLICT DO NOTHING")
_set_people = upserter(search_people, ["bucket", "contact_id"], ["words"])


def doc_of(id_: str) -> int:
    """The number of a message in SQLite's index: it grows with time, and is as good as never that of another."""
    return (int(id_[:11], 16) << 20) | ((int(id_[11:16], 16) + int(id_[16:24], 16)) & 0xFFFFF)


def _lexemes(words: Iterable[str], at: int | None = None) -> str:
    """A text's words as PostgreSQL takes them. They have no quotes in them."""
    found = dict.fromkeys(words)
    starts = {f"<{edge}": None for word in found for edge in edges(word)}
    times = [] if at is None else [f"@{size}:{at >> size}" for size in STRETCHES]
    return " ".join(f"'{one}'" for one in (*found, *starts, *times))


# ---- Adding and taking away ----


def unread(tx: Connection, workspace: str, position: str, most: int) -> list[tuple[int, str, str]]:
    """Messages (bucket, contact, id) behind this id, in order of ids."""
    query = select(_m.bucket, _m.contact_id, _m.id).where(_m.workspace == workspace, _m.id > position)
    return [(row.bucket, row.contact_id, row.id) for row in tx.execute(query.order_by(_m.id).limit(most))]


def oldest_waiting(tx: Connection) -> str | None:
    """The oldest arrival that waits for its turn: its message will have this id, however late it comes."""
    query = select(arrivals.c.id).where(arrivals.c.handled_at.is_(None)).order_by(arrivals.c.id).limit(1)
    return tx.execute(query).scalar()


def add_texts(tx: Connection, workspace: str, keys: Collection[tuple[int, str, str]]) -> int:
    """Make these messages (bucket, contact, id) findable; those that are stay as they are. How many had words. They are
    read under a lock: what an erasure takes away at this moment must not come back."""
    rows = said(tx, keys, lock=True)
    spoken = [(row, words) for row in rows if len(row.id) == 24 and (words := tokens(row.text))]
    if not spoken:
        return 0
    if tx.dialect.name == "sqlite":
        known = _known(tx, [doc_of(row.id) for row, _ in spoken])
        new = [
            {"doc": doc_of(row.id), "words": " ".join(words), "contact_id": row.contact_id, "id": row.id}
            for row, words in spoken
            if doc_of(row.id) not in known
        ]
        if new:
            add = "INSERT INTO search_words (rowid, words, contact_id, id) VALUES (:doc, :words, :contact_id, :id)"
            tx.execute(text(add), list({row["doc"]: row for row in new}.values()))
        return len(new)
    _add_texts(tx, [
        {"bucket": row.bucket, "contact_id": row.contact_id, "id": row.id, "workspace": workspace,
         "words": _lexemes(words, made_at(row.id))}
        for row, words in spoken
    ])  # fmt: skip
    return len(spoken)


def _known(tx: Connection, docs: Sequence[int]) -> set[int]:
    query = text("SELECT rowid FROM search_words WHERE rowid IN :docs").bindparams(_DOCS)
    found: set[int] = set()
    for start in range(0, len(docs), TOGETHER):
        found.update(tx.execute(query, {"docs": list(docs[start : start + TOGETHER])}).scalars())
    return found


def remove_texts(tx: Connection, keys: Collection[tuple[int, str, str]]) -> None:
    """These messages (bucket, contact, id) are not found any more."""
    listed = sorted(keys)
    for start in range(0, len(listed), TOGETHER):
        some = listed[start : start + TOGETHER]
        if tx.dialect.name == "sqlite":
            gone = text("DELETE FROM search_words WHERE rowid IN :docs").bindparams(_DOCS)
            tx.execute(gone, {"docs": [doc_of(id_) for _, _, id_ in some if len(id_) == 24]})
        else:
            buckets = {bucket for bucket, _, _ in some}
            mine = (_s.bucket.in_(buckets), tuple_(_s.bucket, _s.contact_id, _s.id).in_(some))
            tx.execute(delete(search_texts).where(*mine))


def forget(tx: Connection, contact_id: str) -> None:
    """Nothing of this contact is found any more."""
    bucket = bucket_of(contact_id)
    if tx.dialect.name == "sqlite":
        ids = tx.execute(select(_m.id).where(_m.bucket == bucket, _m.contact_id == contact_id)).scalars()
        remove_texts(tx, [(bucket, contact_id, id_) for id_ in ids])
        tx.execute(text("DELETE FROM search_names WHERE rowid = :doc"), {"doc": int(contact_id[:15], 16)})
        return
    for table in (search_texts, search_people):
        tx.execute(delete(table).where(table.c.bucket == bucket, table.c.contact_id == contact_id))


def contacts_after(tx: Connection, workspace: str, place: tuple[int, str], most: int) -> list[tuple[int, str]]:
    """Contacts in the order of their keys after this one."""
    query = select(_p.bucket, _p.id).where(_p.workspace == workspace, tuple_(_p.bucket, _p.id) > place)
    return [(row.bucket, row.id) for row in tx.execute(query.order_by(_p.bucket, _p.id).limit(most))]


def stale_people(tx: Connection, keys: Collection[tuple[int, str]]) -> list[tuple[int, str]]:
    """Those of these contacts (bucket, id) that are not found by their name and number as they are now."""
    listed = sorted(set(keys))
    found: list[tuple[int, str]] = []
    for start in range(0, len(listed), TOGETHER):
        some = listed[start : start + TOGETHER]
        wanted, known = _people(tx, some), _known_people(tx, some)
        found += [key for key in some if key[1] in wanted and set(wanted[key[1]][1]) != known.get(key[1])]
    return found


def _people(tx: Connection, keys: Sequence[tuple[int, str]], *, lock: bool = False) -> dict[str, tuple[str, list[str]]]:
    """The workspace of these contacts, and the words that they are found by."""
    query = select(_c.contact_id, _c.workspace, _c.address, _p.name).join(
        contacts, and_(_p.bucket == _c.bucket, _p.id == _c.contact_id)
    )
    query = query.where(_c.bucket.in_({key[0] for key in keys}), _c.contact_id.in_([key[1] for key in keys]))
    if lock:
        query = query.with_for_update(read=True, of=conversations)
    rows = [row for row in tx.execute(query) if row.address]
    return {row.contact_id: (row.workspace, [*tokens(row.name), *number_tokens(row.address)]) for row in rows}


def _known_people(tx: Connection, keys: Sequence[tuple[int, str]]) -> dict[str, set[str]]:
    if tx.dialect.name == "sqlite":
        known = text("SELECT contact_id, words FROM search_names WHERE rowid IN :docs")
        rows = tx.execute(known.bindparams(_DOCS), {"docs": [int(id_[:15], 16) for _, id_ in keys]})
        return {row.contact_id: set(row.words.split()) for row in rows}
    p = search_people.c
    # What was looked up by its beginning, and when it was, is not a word of theirs.
    words = func.array_to_string(func.tsvector_to_array(p.words), " ").label("words")
    query = select(p.contact_id, words).where(p.bucket.in_({key[0] for key in keys}))
    rows = tx.execute(query.where(p.contact_id.in_([key[1] for key in keys])))
    return {row.contact_id: {word for word in row.words.split() if word[0] != "<"} for row in rows}


def set_people(tx: Connection, keys: Collection[tuple[int, str]]) -> None:
    """Make these contacts (bucket, id) findable by their name and number as they are now."""
    wanted = _people(tx, sorted(keys), lock=True)
    if not wanted:
        return
    if tx.dialect.name == "sqlite":
        rows = [
            {"doc": int(id_[:15], 16), "words": " ".join(words), "contact_id": id_}
            for id_, (_, words) in wanted.items()
        ]
        tx.execute(text("DELETE FROM search_names WHERE rowid = :doc"), rows)
        tx.execute(text("INSERT INTO search_names (rowid, words, contact_id) VALUES (:doc, :words, :contact_id)"), rows)
        return
    _set_people(tx, [
        {"bucket": bucket_of(id_), "contact_id": id_, "workspace": workspace, "words": _lexemes(words)}
        for id_, (workspace, words) in wanted.items()
    ])  # fmt: skip


# ---- Looking ----


def _fts(query: Query) -> str:
    parts = [f'"{word}"' for word in query.whole]
    if query.start:
        parts.append(f'"{query.edge}" *' if query.edge else f'"{query.start}"')
    return " AND ".join(parts)


def _tsquery(query: Query, *more: str) -> str:
    parts = [f"'{word}'" for word in query.whole]
    if query.start:
        parts.append(f"'<{query.edge}'" if query.edge else f"'{query.start}'")
    return " & ".join([*parts, *(f"'{one}'" for one in more)])


def texts(tx: Connection, query: Query, most: int, now: int) -> list[tuple[int, str, str]]:
    """The latest messages (bucket, contact, id) that may have these words: of a beginning that is longer than what the
    index knows, `Query.holds` decides."""
    if tx.dialect.name == "sqlite":
        find = "SELECT contact_id, id FROM search_words WHERE search_words MATCH :q ORDER BY rowid DESC LIMIT :most"
        rows = tx.execute(text(find), {"q": _fts(query), "most": most})
        return [(bucket_of(row.contact_id), row.contact_id, row.id) for row in rows]
    found: list[tuple[int, str, str]] = []
    for size in STRETCHES:
        for back in (0, 1):
            stretch = (now >> size) - back
            if stretch < 0:
                break
            time = f"@{size}:{stretch}"
            some = _matching(tx, _tsquery(query, time), most)
            found = list(dict.fromkeys([*found, *some])) if back else some
            if len(found) >= most:
                return found[:most]
    if len(found) < most:
        found = _matching(tx, _tsquery(query), most)
    return found


def _matching(tx: Connection, tsquery: str, most: int) -> list[tuple[int, str, str]]:
    query = text(
        "SELECT bucket, contact_id, id FROM search_texts WHERE words @@ CAST(:q AS tsquery) "
        "ORDER BY id DESC LIMIT :most"
    )
    return [(row.bucket, row.contact_id, row.id) for row in tx.execute(query, {"q": tsquery, "most": most})]


def people(tx: Connection, query: Query, most: int) -> list[tuple[int, str]]:
    """Contacts (bucket, id) whose name or number may have these words."""
    if tx.dialect.name == "sqlite":
        find = "SELECT contact_id FROM search_names WHERE search_names MATCH :q LIMIT :most"
        rows = tx.execute(text(find), {"q": _fts(query), "most": most}).scalars()
        return [(bucket_of(id_), id_) for id_ in rows]
    find = "SELECT bucket, contact_id FROM search_people WHERE words @@ CAST(:q AS tsquery) LIMIT :most"
    return [(row.bucket, row.contact_id) for row in tx.execute(text(find), {"q": _tsquery(query), "most": most})]


def said(tx: Connection, keys: Collection[tuple[int, str, str]], *, lock: bool = False) -> list[Row[Any]]:
    """These messages with their words, newest first."""
    rows: list[Row[Any]] = []
    listed = sorted(keys)
    columns = (_m.bucket, _m.contact_id, _m.id, _m.text, _m.at, _m.direction, _m.author, _m.author_name)
    for start in range(0, len(listed), TOGETHER):
        some = listed[start : start + TOGETHER]
        query = select(*columns).where(_m.id.in_([key[2] for key in some]))
        if tx.dialect.name != "sqlite":  # which would look up each bucket with each contact with each id
            query = query.where(_m.bucket.in_({key[0] for key in some}), _m.contact_id.in_({key[1] for key in some}))
        wanted = set(some)
        found: Iterable[Row[Any]] = tx.execute(query.with_for_update(read=True) if lock else query)
        rows += [row for row in found if (row.bucket, row.contact_id, row.id) in wanted]
    return sorted(rows, key=lambda row: row.id, reverse=True)


# ---- How far it has come ----


def position(tx: Connection, workspace: str) -> str:
    """Messages with a smaller id have been looked at."""
    p = search_progress.c
    return tx.execute(select(p.position).where(p.workspace == workspace)).scalar() or ""


def take(tx: Connection, workspace: str, holder: str, now: int, lease: int) -> bool:
    """Go on with the index as this node; False while another node does."""
    p = search_progress.c
    row = {"workspace": workspace, "position": "", "holder": holder, "lease_until": now + lease}
    _begin(tx, [row])
    mine = update(search_progress).where(p.workspace == workspace, (p.holder == holder) | (p.lease_until < now))
    return tx.execute(mine.values(holder=holder, lease_until=now + lease)).rowcount > 0


_begin = Inserts(search_progress, suffix="ON CONFLICT DO NOTHING")


def move(tx: Connection, workspace: str, holder: str, to: str) -> None:
    """Everything before this id has been looked at."""
    p = search_progress.c
    tx.execute(
        update(search_progress).where(p.workspace == workspace, p.holder == holder, p.position < to).values(position=to)
    )
