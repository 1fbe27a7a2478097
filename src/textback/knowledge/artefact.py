"""A model as bytes, to be stored with the version of the bot that it was trained for."""

import zlib
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from textback.knowledge.classify import Encoder, Model, Weights, method_of
from textback.knowledge.features import Vectoriser

MAGIC = b"TBINTENT"
VERSION = 2


class ArtefactError(ValueError):
    """The bytes are no model, or one that this program or this encoder must not score with. Train again."""


class _Array(msgspec.Struct, array_like=True):
    kind: str
    shape: tuple[int, ...]
    data: bytes


class _Artefact(msgspec.Struct):
    method: str
    fingerprint: str
    temperature: float
    act: float
    clarify: float
    intents: list[str]
    own: list[str]
    grams: list[str]
    rarity: _Array
    letters: _Array
    meaning: _Array
    bias: _Array
    centres: _Array
    samples: _Array
    background: bool


def dump(model: Model) -> bytes:
    """The model without its encoder. The same model gives the same bytes."""
    weights = model.weights
    body = _Artefact(
        method=model.method,
        fingerprint=model.fingerprint,
        temperature=model.temperature,
        act=model.act,
        clarify=model.clarify,
        intents=list(model.intents),
        own=list(model.own),
        grams=list(model.vectoriser.columns),
        rarity=_packed(model.vectoriser.rarity),
        letters=_packed(weights.letters),
        meaning=_packed(weights.meaning),
        bias=_packed(weights.bias),
        centres=_packed(weights.centres),
        samples=_packed(weights.samples),
        background=weights.background,
    )
    return MAGIC + bytes([VERSION]) + zlib.compress(msgspec.msgpack.encode(body), 1)


def load(data: bytes, encoder: Encoder | None = None) -> Model:
    """The model of these bytes, with the encoder that it was trained with.

    Raises:
        ArtefactError: They are broken or of another version, or were trained with another encoder or none.
    """
    if data[: len(MAGIC)] != MAGIC or len(data) <= len(MAGIC):
        raise ArtefactError("These bytes are no trained classifier.")
    if data[len(MAGIC)] != VERSION:
        raise ArtefactError(f"This classifier has format {data[len(MAGIC)]}; this release reads {VERSION}.")
    try:
        body = msgspec.msgpack.decode(zlib.decompress(data[len(MAGIC) + 1 :]), type=_Artefact)
        arrays = [
            _unpacked(a) for a in (body.rarity, body.letters, body.meaning, body.bias, body.centres, body.samples)
        ]
    except (zlib.error, msgspec.MsgspecError, ValueError, TypeError) as error:
        raise ArtefactError("This classifier is damaged.") from error
    fingerprint = encoder.fingerprint if encoder is not None else ""
    if body.intents and (body.method, body.fingerprint) != (method_of(encoder), fingerprint):
        here = method_of(encoder)
        raise ArtefactError(f"This classifier was trained with {body.method}, and here is {here} or other weights.")
    rarity, letters, meaning, bias, centres, samples = arrays
    scores = len(body.intents) + body.background
    if rarity.shape != (len(body.grams),) or letters.shape != (len(body.grams), scores) or len(bias) != scores:
        raise ArtefactError("This classifier is damaged.")
    return Model(
        body.intents,
        Vectoriser({gram: i for i, gram in enumerate(body.grams)}, rarity),
        Weights(letters, meaning, bias, centres, samples, body.background),
        body.own,
        encoder if body.intents else None,
        temperature=body.temperature,
        act=body.act,
        clarify=body.clarify,
    )


def _packed(array: NDArray[Any]) -> _Array:
    return _Array(
        "e" if array.dtype == np.float16 else "f", array.shape, array.astype(f"<{array.dtype.char}").tobytes()
    )


def _unpacked(array: _Array) -> NDArray[Any]:
    if array.kind not in ("e", "f"):
        raise ValueError(array.kind)
    return np.frombuffer(array.data, f"<{array.kind}").reshape(array.shape)
