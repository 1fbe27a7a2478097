"""The files that named messages are written in: what each one says, its digest, and putting another in its place."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from textback.engine.named_read import FILE
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Problem, Scalar, Sequence, Source

NEW_FILE = "templates/messages.yml"
"""Where a new message goes."""


class Unwritable(Exception):
    """The file is written in a way that only a person should change. One sentence for them."""


class Definition(msgspec.Struct, frozen=True):
    """A named message as it is written: `body` is its YAML as JSON; the digest is the same for the same body, whatever
    the order of keys, the file and the spaces. `line` counts from 1."""

    name: str
    file: str
    line: int
    body: Any
    digest: str


def digest_of(body: Any) -> str:
    """What names this wording."""
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def definitions(files: Mapping[str, str]) -> dict[str, Definition]:
    """The messages in these files by name. What can't be read is left out; the check says why."""
    found: dict[str, Definition] = {}
    for file in sorted(files):
        if FILE.fullmatch(file):
            for one in _in_file(file, files[file]):
                found.setdefault(one.name, one)
    return found


def _in_file(file: str, text: str) -> list[Definition]:
    problems: list[Problem] = []
    top = Source(file, problems).parse(text)
    if not isinstance(top, MappingNode) or problems:
        return []
    made = ((name, top.keys[name].line, _plain(node)) for name, node in top.values.items())
    return [Definition(name, file, line, body, digest_of(body)) for name, line, body in made]


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return {name: _plain(value) for name, value in node.values.items()} if isinstance(node, MappingNode) else None


class _Dumper(yaml.SafeDumper):
    """Several lines as a block, so that people can read them."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value and value == value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def written(name: str, body: Any) -> str:
    """The YAML of a message."""
    text: str = yaml.dump(
        {name: body}, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )
    return text


def placed(files: Mapping[str, str], name: str, body: Any) -> tuple[str, str]:
    """The file that a message is in, or goes to, and its new text, in which only this message has changed; `body` None
    takes the message away. Raises Unwritable."""
    known = definitions(files).get(name)
    if known is None:
        before = files.get(NEW_FILE, "").rstrip("\n")
        file, text = NEW_FILE, f"{before}\n\n{written(name, body)}" if before else written(name, body)
    else:
        file = known.file
        lines = files[file].split("\n")
        start, end = _span(_in_file(file, files[file]), known, lines)
        made = [] if body is None else written(name, body).rstrip("\n").split("\n")
        text = "\n".join([*lines[: start - 1], *made, *lines[end:]])
    text = text.rstrip("\n") + "\n"
    _compare(files, file, text, name, body)
    return file, text


def _span(all_: list[Definition], known: Definition, lines: list[str]) -> tuple[int, int]:
    """The first and the last line of a message; comments before the next one belong to that."""
    later = [one.line for one in all_ if one.line > known.line]
    end = min(later) - 1 if later else len(lines)
    while end > known.line and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return known.line, end


def _compare(files: Mapping[str, str], file: str, text: str, name: str, body: Any) -> None:
    """Nothing else may have changed: anchors, several messages on one line and the like are a person's to mend."""
    before = {one.name: one.digest for one in _in_file(file, files.get(file, ""))}
    after = {one.name: one.digest for one in _in_file(file, text)}
    wanted = {key: digest for key, digest in before.items() if key != name}
    if body is not None:
        wanted[name] = digest_of(body)
    if after != wanted:
        raise Unwritable(f"{file} is written in a way that can't be changed from here. Change it on the page Flows.")
