"""What a text offers to choose from: said in words where a channel has nothing else, shown as buttons where it has."""

import msgspec


class Offer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`options` are the answers to choose from, as the contact would write them; `tail` is the end of the text that
    says them in words, and that a channel with buttons can do without."""

    options: tuple[str, ...]
    tail: str = ""

    def without(self, text: str) -> str:
        """The text without the words for the options; all of it where it does not end with them, or is nothing else."""
        if not self.tail or not text.endswith(self.tail):
            return text
        return text[: -len(self.tail)].rstrip() or text


_decode = msgspec.json.Decoder(Offer).decode
_encode = msgspec.json.Encoder().encode


def dump_offer(offer: Offer | None) -> str:
    """As the outbox keeps it; "" for none."""
    return "" if offer is None else _encode(offer).decode()


def load_offer(kept: str) -> Offer | None:
    """What `dump_offer` has made."""
    return _decode(kept) if kept else None
