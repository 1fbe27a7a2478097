"""What a target is: a parser, samples of what it takes, and the errors that it may answer with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

LONGEST_ERROR = 100_000


class Wrong(AssertionError):
    """The parser came to an end, and what it came to must not be."""


@dataclass(frozen=True)
class Target:
    """`call` takes any bytes. It returns, or raises one of `refusals` with a sentence, or there is a defect.

    `samples` are good inputs to spoil. `share` is how many inputs it gets of a hundred that a quick target gets.
    """

    name: str
    call: Callable[[bytes], object]
    samples: Sequence[bytes]
    refusals: tuple[type[Exception], ...] = ()
    share: int = 100

    def __call__(self, data: bytes) -> bool:
        """Try one input; says whether it was taken. Raises whatever is a defect."""
        try:
            self.call(data)
        except self.refusals as error:
            sentence = str(error)
            if not sentence.strip() or len(sentence) > LONGEST_ERROR:
                raise Wrong(f"{type(error).__name__} without a sentence") from error
            return False
        return True


def check(fine: bool, what: str) -> None:
    """Raise Wrong unless it is so."""
    if not fine:
        raise Wrong(what)


def parts(data: bytes, most: int) -> list[bytes]:
    """An input of several parts, which `|||` separates; missing ones are empty."""
    found = data.split(b"|||", most - 1)
    return [*found, *[b""] * (most - len(found))]


def joined(*given: bytes | str) -> bytes:
    """The parts as one input."""
    return b"|||".join(one.encode() if isinstance(one, str) else one for one in given)
