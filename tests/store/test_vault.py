"""The keys of the ledger: made once, kept for their owner, never lost unseen, and changed without losing anything."""

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from textback.core.errors import SettingsError, StartError
from textback.store import migrate, vault
from textback.store.db import parse_url
from textback.store.vault import ContactKey, Keyring, new_secret, open_keys, parse_keys

NOW = 1_780_000_000_000
NUMBER = "+12065550123"


@pytest.fixture
def url(sqlite_url: str) -> URL:
    made = parse_url(sqlite_url)
    migrate.upgrade(made)
    return made


def test_the_first_start_makes_a_file_for_its_owner_alone_and_later_ones_read_it(url: URL, tmp_path: Path) -> None:
    first = open_keys(url, None, "spool", NOW)
    path = tmp_path / "textback.db.keys"
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_keys(url, None, "spool", NOW).checks == first.checks
    assert open_keys(url, path.read_text(), "spool", NOW).checks == first.checks
    assert [each.name for each in tmp_path.iterdir() if each.suffix not in (".db", ".keys", "")] == []


def test_with_postgresql_the_file_is_in_the_folder_of_the_spool(postgres_url: str, tmp_path: Path) -> None:
    made = parse_url(postgres_url)
    migrate.upgrade(made)
    open_keys(made, None, str(tmp_path / "spool"), NOW)
    assert (tmp_path / "spool" / "ledger.keys").exists()
    with pytest.raises(StartError, match="missing"):
        open_keys(made, None, str(tmp_path / "other"), NOW)
    assert not (tmp_path / "other").exists()


def test_a_server_without_the_right_keys_does_not_start(url: URL, tmp_path: Path) -> None:
    open_keys(url, None, "spool", NOW)
    path = tmp_path / "textback.db.keys"
    kept = path.read_text()
    path.unlink()
    with pytest.raises(StartError, match="missing"):
        open_keys(url, None, "spool", NOW)
    assert not path.exists()
    name = kept.strip().splitlines()[-1].partition(":")[0]
    with pytest.raises(StartError, match="not the one"):
        open_keys(url, vault.new_key(name), "spool", NOW)


def test_a_new_key_comes_first_and_the_old_ones_still_open_everything() -> None:
    old = vault.new_key("k1")
    one, two = parse_keys(old), parse_keys(f"{vault.new_key('k2')}\n# older\n{old}")
    secret = new_secret()
    wrapped = one.wrap("c1", secret)
    assert two.unwrap("c1", one.newest, wrapped) == secret
    assert two.newest == "k2"
    assert one.unwrap("c1", "k2", two.wrap("c1", secret)) is None
    assert two.sealed("k1", one.seal("head", 1), "head", 1) is True
    assert two.sealed("k1", one.seal("head", 1), "head", 2) is False
    assert one.sealed("k2", two.seal("head", 1), "head", 1) is None
    assert one.number(NUMBER) in two.numbers(NUMBER)
    assert two.number(NUMBER) not in one.numbers(NUMBER)


def test_what_is_hidden_belongs_to_its_entry_and_its_contact() -> None:
    keys = Keyring.made()
    secret = new_secret()
    assert keys.unwrap("c2", keys.newest, keys.wrap("c1", secret)) is None
    key = ContactKey(secret)
    hidden = key.hide("e1", {"number": NUMBER})
    assert key.show("e1", hidden) == {"number": NUMBER}
    assert key.show("e2", hidden) is None
    assert key.show("e1", ("y" if hidden[0] == "x" else "x") + hidden[1:]) is None
    assert ContactKey(new_secret()).show("e1", hidden) is None


@pytest.mark.parametrize("text", ["", "k1", "k1:short", f"K 1:{'A' * 43}=", f"k1:{'A' * 43}=,k1:{'B' * 43}="])
def test_what_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_keys(text)
    assert "AAAA" not in str(refused.value)
