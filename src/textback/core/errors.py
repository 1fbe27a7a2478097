"""Errors that a person reads. Each says what happened, to what, and what to do next; none shows a secret."""


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
