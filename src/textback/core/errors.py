"""Errors that a person reads. Each says what happened, to what, and what to do next; none shows a secret."""


def shown(text: str) -> str:
    """What somebody wrote, in quotes, as a sentence about it shows it: its beginning, where it is long."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


class TextbackError(Exception):
    """Something the operator or author can put right. `fix` is the next thing to do, as one sentence."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".rstrip()


class SettingsError(TextbackError):
    """A setting is missing, empty or wrong. The command line prints it as one line and exits with 2."""


class StartError(TextbackError):
    """The server cannot start here: port in use, folder unwritable, database of a newer version. One line, exit 2."""
