"""The keys of the consent ledger: what seals its chains, hides its personal fields, and names a number without it.

They are kept outside the database (P2). Each has a name, and the newest comes first: new things are done with it, and
what was done with an older one can still be read. A contact's personal fields are encrypted under a key of their own,
which is kept wrapped in the database, so that destroying it erases them and leaves the chain whole (P1).
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from nacl.exceptions import CryptoError
from nacl.secret import Aead
from sqlalchemy import Connection, select, text
from sqlalchemy.engine import URL

from textback.core.errors import SettingsError, StartError
from textback.store.db import make_engine, sqlite_path
from textback.store.locks import MIGRATING
from textback.store.many import insert_or_skip
from textback.store.spread import KEYS
from textback.store.tables import ledger_keys

_add_keys = insert_or_skip(ledger_keys)
SIZE = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")
_HINT = "Write each as NAME:BASE64, 32 bytes, the newest first; textback consent new-key prints one."


class _Key:
    """One key, and what is derived from it."""

    def __init__(self, name: str, secret: bytes) -> None:
        self.name = name
        self.wrap = Aead(hmac.digest(secret, b"textback ledger: contact keys", "sha256"))
        self.numbers = hmac.digest(secret, b"textback ledger: numbers", "sha256")
        self.seals = hmac.digest(secret, b"textback ledger: seals", "sha256")
        self.check = hmac.digest(secret, b"textback ledger: this is the same key", "sha256").hex()[:32]


class Keyring:
    """All keys, the newest first. One that is `made` lives as long as the process, for databases that nobody keeps."""

    def __init__(self, keys: Sequence[tuple[str, bytes]], *, lasting: bool = True) -> None:
        self._keys = [_Key(name, secret) for name, secret in keys]
        self._by_name = {key.name: key for key in self._keys}
        self.lasting = lasting

    @classmethod
    def made(cls) -> "Keyring":
        """A keyring that is forgotten with the process."""
        return cls([("once", secrets.token_bytes(SIZE))], lasting=False)

    @property
    def newest(self) -> str:
        """The name of the key that new things are done with."""
        return self._keys[0].name

    @property
    def checks(self) -> dict[str, str]:
        """What tells a key from another of the same name, without giving it away."""
        return {key.name: key.check for key in self._keys}

    def wrap(self, contact_id: str, key: bytes) -> str:
        """A contact's key, as the database may keep it."""
        return _text(self._keys[0].wrap.encrypt(key, contact_id.encode()))

    def unwrap(self, contact_id: str, name: str, wrapped: str) -> bytes | None:
        """A contact's key; None where the key that wrapped it is not here, or it was changed."""
        key = self._by_name.get(name)
        return None if key is None else _opened(key.wrap, wrapped, contact_id)

    def number(self, number: str) -> str:
        """What a phone number (E.164) is called without naming it (P2)."""
        return hmac.digest(self._keys[0].numbers, number.encode(), "sha256").hex()

    def numbers(self, number: str) -> list[str]:
        """What a phone number may have been called, under every key."""
        return [hmac.digest(key.numbers, number.encode(), "sha256").hex() for key in self._keys]

    def seal(self, *parts: str | int) -> str:
        """A seal over these, which nobody can make without the keys."""
        return hmac.digest(self._keys[0].seals, _joined(parts), "sha256").hex()

    def sealed(self, name: str, seal: str, *parts: str | int) -> bool | None:
        """Whether this seal is right; None where its key is not here."""
        key = self._by_name.get(name)
        if key is None:
            return None
        return hmac.compare_digest(hmac.digest(key.seals, _joined(parts), "sha256").hex(), seal)


def _joined(parts: Sequence[str | int]) -> bytes:
    return msgspec.json.encode(parts)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _opened(box: Aead, text: str, about: str) -> bytes | None:
    try:
        return box.decrypt(base64.b64decode(text, validate=True), about.encode())
    except (CryptoError, ValueError):
        return None


class ContactKey:
    """One contact's key: hides their personal fields."""

    def __init__(self, secret: bytes) -> None:
        self._box = Aead(secret)

    def hide(self, about: str, fields: dict[str, str]) -> str:
        """These fields, encrypted; `about` is the id of the entry that they belong to."""
        return _text(self._box.encrypt(msgspec.json.encode(fields), about.encode()))

    def show(self, about: str, hidden: str) -> dict[str, str] | None:
        """The fields; None where they were changed, or belong elsewhere."""
        raw = _opened(self._box, hidden, about)
        if raw is None:
            return None
        found: dict[str, str] = msgspec.json.decode(raw, type=dict[str, str])
        return found


def new_secret() -> bytes:
    """A key that nobody knows."""
    return secrets.token_bytes(SIZE)


def new_key(name: str) -> str:
    """A new key, as the file of keys has it."""
    return f"{name}:{_text(new_secret())}"


def parse_keys(text: str) -> Keyring:
    """The keys in this text: one a line or with commas between, the newest first. Raises SettingsError."""
    found: list[tuple[str, bytes]] = []
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in filter(None, (part.strip() for one in lines for part in one.split(","))):
        name, _, encoded = line.partition(":")
        try:
            secret = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            secret = b""
        if not _NAME.fullmatch(name) or len(secret) != SIZE:
            raise SettingsError("The keys of the consent ledger can't be read.", _HINT)
        if name in dict(found):
            raise SettingsError(f"Two keys of the consent ledger are called {name}.", "Give one another name.")
        found.append((name, secret))
    if not found:
        raise SettingsError("There is no key of the consent ledger.", _HINT)
    return Keyring(found)


def key_file(url: URL, folder: str) -> Path:
    """Where the keys are kept when no setting has them: beside a SQLite file, else in the folder of the spool, which is
    on a disk that lasts."""
    path = sqlite_path(url)
    return Path(folder) / "ledger.keys" if path is None else path.with_name(f"{path.name}.keys")


def open_keys(url: URL, given: str | None, folder: str, now: int) -> Keyring:
    """The keys of this database: those that are given, or those of the file, which is made when the database has never
    had any. Raises SettingsError or StartError, in one line, also where they are not the right ones."""
    engine = make_engine(url)
    path = key_file(url, folder)
    try:
        with engine.begin() as tx:
            if tx.dialect.name == "postgresql":  # several nodes may start at once
                tx.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MIGRATING})
            keys = parse_keys(given) if given is not None else _read(path)
            known = {row.key_id: row.check_value for row in tx.execute(select(ledger_keys))}
            if keys is None and not known:
                path.parent.mkdir(parents=True, exist_ok=True)
                _make(path)
                keys = _read(path)
            have = keys.checks if keys is not None else {}
            _check_known(known, have)
            new = [{"key_id": name, "check_value": have[name], "since": now} for name in have if name not in known]
            if new:
                _add_keys(tx, new)
    except OSError as error:
        why = error.strerror
        raise StartError(f"The keys of the consent ledger, {path}, can't be had: {why}.", "Mend it.") from None
    finally:
        engine.dispose()
    if keys is None:
        raise StartError("The keys of the consent ledger are gone.", _COPY)
    return keys


_COPY = "Copy the file of keys from the server that made it, or set LEDGER_KEYS: see docs/how-to/consent.md."


def _check_known(known: Mapping[str, str], have: Mapping[str, str]) -> None:
    for name, check in known.items():
        if name not in have:
            raise StartError(
                f"This database's consent ledger was written with the key {name}, which is missing.", _COPY
            )
        if have[name] != check:
            raise StartError(f"The key {name} is not the one that the consent ledger was written with.", _COPY)


def _read(path: Path) -> Keyring | None:
    try:
        return parse_keys(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not a file of keys.", _HINT) from None


def _make(path: Path) -> None:
    """Make the file, whole or not at all, for its owner alone. Of two who make it at once the first wins."""
    name = f"k{hashlib.sha256(new_secret()).hexdigest()[:6]}"
    content = (
        "# The keys of Textback's consent ledger, the newest first. Keep a copy with the backups, but not in the\n"
        f"# database: without them the ledger's personal fields can't be read.\n{new_key(name)}\n"
    )
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()


_made = Keyring.made()


def keys_of(tx: Connection) -> Keyring:
    """The keys that this connection's database works with."""
    found: Keyring | None = tx.get_execution_options().get(KEYS)
    if found is not None:
        return found
    if tx.execute(select(ledger_keys.c.key_id).limit(1)).first() is not None:
        raise StartError("The keys of the consent ledger were not given.", "Open the database with them.")
    return _made
