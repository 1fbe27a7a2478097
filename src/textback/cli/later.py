"""Modules of commands that are read when their command is called: whoever asks for the version, or adds a user, needs
neither the web server nor the language model."""

from collections.abc import MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


class _Module:
    """Stands for a module of this package until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = f"textback.cli.{name}"

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)

    def __dir__(self) -> list[str]:
        return dir(import_module(self._name))


def later(*names: str) -> list[Any]:
    """The modules of these names in textback.cli, each to be read when it is first used."""
    return [_Module(name) for name in names]


def group(module: str, name: str, help: str) -> typer.Typer:  # noqa: A002 - Typer's word for it
    """The commands that `textback.cli.<module>` has in its Typer of this name. It is read when one is looked for."""

    class Later(TyperGroup):
        @property
        def commands(self) -> MutableMapping[str, Any]:
            return get_group(getattr(import_module(f"textback.cli.{module}"), name)).commands

        @commands.setter
        def commands(self, none_yet: MutableMapping[str, Any]) -> None:
            """As Typer makes a group: without commands."""

    return typer.Typer(cls=Later, help=help, no_args_is_help=True)
