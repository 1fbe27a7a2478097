"""Teaching a bot what it understands, and what it knows (see `knowing`): the classifier is trained with the examples of
its flows, once for each set of them.

What was learnt is kept in a folder, under a name that is made from the examples and the encoder's weights, so that a
server that starts again, or another on the same machine, has it at once. Training always comes to the same, so nodes
that train by themselves understand alike.
"""

import ctypes
import hashlib
import os
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from textback.engine.bot import Bot, Routing, Understood
from textback.knowledge.artefact import VERSION, ArtefactError, dump, load
from textback.knowledge.classify import Encoder, Model
from textback.knowledge.training import train
from textback.llm.encoder import open_encoder
from textback.pipeline.knowing import PATIENCE, Knowing

log = structlog.get_logger("textback.understanding")

Mode = Literal["auto", "lite", "off"]
_KEEP = 4


def intents_of(bot: Bot) -> dict[str, tuple[str, ...]]:
    """The example phrases of each flow that has some, by the flow's name."""
    return {name: flow.examples for name, flow in bot.flows.items() if flow.examples}


def _give_back() -> None:
    """Give the system the memory that training has used and freed, which glibc would keep: about 80 MB for 300
    intents. Elsewhere nothing happens."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


class Intents:
    """A model as the engine asks it."""

    def __init__(self, model: Model, routing: Routing = Routing()) -> None:  # noqa: B008 (it never changes)
        self._model = model
        self._routing = routing

    def read(self, text: str) -> Understood:
        """The flows that a text may want, the likeliest first."""
        found = self._model.classify(text)
        verdict = self._model.verdict(found, self._routing.act, self._routing.clarify)
        if verdict == "unknown":
            return Understood(confidence=found.knownness)
        names = (found.intent, *[name for name, _ in found.runners_up[:1]])
        return Understood(names, verdict == "act", found.knownness)


class Understanding:
    """Trains models and keeps them. `mode`: auto uses the sentence encoder where it is installed, lite never does, off
    teaches nothing. `patience` is how many seconds to wait for the meaning of new knowledge; None is for ever."""

    def __init__(self, folder: Path, mode: Mode = "auto", patience: float | None = PATIENCE) -> None:
        self._folder = folder
        self._knowing = Knowing(folder, patience)
        self._mode = mode
        self._encoder: Encoder | None = None
        self._opened = mode != "auto"
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Model] = OrderedDict()

    def taught(self, bot: Bot) -> Bot:
        """The bot, understanding the examples of its flows and knowing what its folder says; as it is where it has
        neither. This takes up to seconds of work: not for an event loop."""
        if self._mode == "off":
            return bot
        if intents_of(bot):
            bot = msgspec.structs.replace(bot, recogniser=Intents(self.learnt(bot), bot.routing))
        if bot.sources:
            with self._lock:
                encoder = self.encoder()
                bot = msgspec.structs.replace(bot, answerer=self._knowing.library(bot.sources, bot.knowledge, encoder))
        return bot

    def learnt(self, bot: Bot) -> Model:
        """The model of a bot's intents, from what is kept or trained now. A bot without any needs no encoder."""
        examples = intents_of(bot)
        if not examples:
            return train(examples, None)
        with self._lock:
            return self._model(examples)

    def encoder(self) -> Encoder | None:
        """The sentence encoder, opened now if it was not; None in lite mode."""
        if not self._opened:
            self._encoder, why = open_encoder(self._folder)
            self._opened = True
            if self._encoder is None:
                log.warning("intents are understood without the sentence encoder", reason=why)
        return self._encoder

    def _model(self, examples: dict[str, tuple[str, ...]]) -> Model:
        encoder = self.encoder()
        weights = encoder.fingerprint if encoder is not None else ""
        named = msgspec.json.encode([VERSION, weights, sorted(examples.items())])
        digest = hashlib.sha256(named).hexdigest()
        model = self._known.get(digest) or self._kept(digest)
        if model is None:
            model = train(examples, self._encoder)
            self._keep(digest, model)
            _give_back()
        self._known[digest] = model
        while len(self._known) > _KEEP:
            self._known.popitem(last=False)
        return model

    def _path(self, digest: str) -> Path:
        return self._folder / f"intents-{digest[:32]}.bin"

    def _kept(self, digest: str) -> Model | None:
        try:
            return load(self._path(digest).read_bytes(), self._encoder)
        except OSError:
            return None
        except ArtefactError as error:
            log.warning("what was learnt can't be used, and is learnt again", reason=str(error))
            return None

    def _keep(self, digest: str, model: Model) -> None:
        """A folder that can't be written costs the next start some seconds, and nothing else."""
        path = self._path(digest)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(dump(model))
            part.replace(path)
        except OSError as error:
            log.warning("what was learnt can't be kept", folder=str(self._folder), reason=error.strerror)
