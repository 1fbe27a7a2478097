"""Testing a line from outside: its keys at its provider, and who answers at its address."""

from collections.abc import Mapping

from textback.channels.client import Session
from textback.channels.probe import Verdict, address_verdict, keys_verdict, probe
from textback.channels.registry import PROVIDERS


class LineChecks:
    """Tests the lines of one server. `options` are each line's provider and options, as its constructor takes them."""

    def __init__(self, http: Session, options: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
        self._http = http
        self._options = options

    async def keys(self, line: str) -> Verdict:
        """Whether the provider accepts a line's keys. It reads one thing there and changes nothing. Raises
        SettingsError."""
        provider, options = self._options.get(line, ("", {}))
        answered = await probe(self._http, provider, options)
        if answered is None:
            return Verdict("warning", "This provider can't be asked with what the line has.", "Send a text instead.")
        return keys_verdict(PROVIDERS[provider].title, answered)

    async def address(self, url: str) -> Verdict:
        """Whether a line's address leads to a Textback that has the line."""
        try:
            return await address_verdict(self._http, url)
        except ValueError:
            return Verdict("error", "It is not an address that can be called.", "Mend PUBLIC_URL.")
