"""textback nlu eval and textback classify: what the classifier makes of texts."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import msgspec
import typer

from textback.app import read_folder, understanding_of
from textback.cli.serving import example_bot
from textback.compliance.detect import keyword
from textback.compliance.revocation import NOTHING, revocation
from textback.core.errors import SettingsError, shown
from textback.engine.bot import Bot, Routing
from textback.engine.load import load_bot
from textback.knowledge.classify import Classified, Encoder, Model
from textback.knowledge.scoring import Scored, score
from textback.knowledge.training import train
from textback.llm.encoder import open_encoder
from textback.pipeline.understanding import Understanding
from textback.settings import environment, load_settings

OUT_OF_SCOPE = "oos"
_CONSENT = {"stop": "optout", "start": "optin", "help": "help"}
_FIX = 'Write one JSON object a line: {"text": "are you open today", "label": "hours"}.'


class _Labelled(msgspec.Struct):
    text: str
    label: str


class _Text(msgspec.Struct):
    text: str


def evaluate(train_file: Path, test_file: Path, *, as_json: bool, lite: bool) -> None:
    """Train with one file, score with another, and print the numbers."""
    examples: dict[str, list[str]] = {}
    for line in _read(train_file):
        examples.setdefault(line.label, []).append(line.text)
    strangers = examples.pop(OUT_OF_SCOPE, [])
    tests = _read(test_file)
    if not examples:
        raise SettingsError(f"{train_file} has no examples.", _FIX)
    if not tests:
        raise SettingsError(f"{test_file} has no texts.", _FIX)
    encoder = None if lite else _encoder()
    start = time.perf_counter()
    model = train(examples, encoder, strangers)
    trained = time.perf_counter() - start
    found: list[Classified] = []
    spent = []
    for line in tests:
        start = time.perf_counter()
        found.append(model.classify(line.text))
        spent.append((time.perf_counter() - start) * 1_000)
    result = score(model, [None if line.label == OUT_OF_SCOPE else line.label for line in tests], found, spent)
    typer.echo(_as_json(result, trained) if as_json else _as_text(result, trained))


def _read(path: Path) -> list[_Labelled]:
    """The lines of a JSONL file. Raises SettingsError naming file and line."""
    found = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    found.append(msgspec.json.decode(line, type=_Labelled))
                except msgspec.MsgspecError as error:
                    raise SettingsError(f"{path}:{number}: {error}.", _FIX) from None
                if not found[-1].label.strip():
                    raise SettingsError(f"{path}:{number}: The label is empty.", _FIX)
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.", "Name a JSONL file.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8.", "Save it as UTF-8 text.") from None
    return found


def _encoder() -> Encoder | None:
    settings = load_settings(environment(Path.cwd()))
    return open_encoder(Path(settings.model_dir).expanduser())[0]


def _as_json(result: Scored, trained: float) -> str:
    numbers = {k: round(v, 4) if isinstance(v, float) else v for k, v in msgspec.structs.asdict(result).items()}
    return json.dumps({**numbers, "train_seconds": round(trained, 2)})


def _as_text(result: Scored, trained: float) -> str:
    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}"

    auroc = "–" if result.oos_auroc is None else f"{result.oos_auroc:.3f}"
    rows = [
        ("method", result.method),
        ("intents, texts, out of scope", f"{result.intents}, {result.texts}, {result.oos_texts}"),
        ("accuracy in scope", share(result.accuracy)),
        ("out of scope: recall", share(result.oos_recall)),
        ("out of scope: precision", share(result.oos_precision)),
        ("out of scope: AUROC", auroc),
        ("rejected, keeping 95% of right answers", share(result.oos_rejected_at_95)),
        ("calibration error (15 bins)", "–" if result.calibration_error is None else f"{result.calibration_error:.3f}"),
        ("thresholds: act, clarify", f"{result.act:.3f}, {result.clarify:.3f}"),
        ("in scope: acted on, asked about", f"{share(result.acted)}, {share(result.asked)}"),
        ("ms per text: p50, p99", f"{result.ms_p50:.2f}, {result.ms_p99:.2f}"),
        ("seconds to train", f"{trained:.1f}"),
    ]
    return "\n".join(f"{name:<40} {value}" for name, value in rows)


def classify(bot_dir: Path | None) -> None:
    """Read texts from standard input and print one JSON object for each."""
    bot = load_bot(read_folder(bot_dir or example_bot()))
    model = _understanding().learnt(bot)
    for text in _texts(sys.stdin):
        typer.echo(json.dumps(reading(model, text, bot.routing), ensure_ascii=False))


def _understanding() -> Understanding:
    return understanding_of(load_settings(environment(Path.cwd())), patience=None)


def taught(bot: Bot) -> Bot:
    """The bot as a server would run it here: understanding the examples of its flows."""
    return _understanding().taught(bot)


def reading(model: Model, text: str, routing: Routing = Routing()) -> Mapping[str, object]:  # noqa: B008
    """What is known of one text: consent first, as on the road, then its intent."""
    word = keyword(text)
    said = revocation(text) if word is None else NOTHING
    found = model.classify(text)
    # YES is consent only from someone who has opted out; here it is an answer like any other (O8).
    consent = _CONSENT.get(word.kind, "none") if word is not None else "none"
    return {
        "consent": "optout" if said.reading == "clear" else consent,
        # A person must say whether they opted out (O3).
        **({"hold": True} if said.reading == "unsure" else {}),
        "intent": None if model.verdict(found, routing.act, routing.clarify) == "unknown" else found.intent,
        "confidence": round(found.confidence, 4),
        "language": found.language,
    }


def _texts(stream: TextIO) -> Iterator[str]:
    """Lines as they are; a line that begins with { is JSON. Raises SettingsError naming the line."""
    for number, line in enumerate(stream, 1):
        text = line.rstrip("\r\n")
        if not text.startswith("{"):
            yield text
            continue
        try:
            yield msgspec.json.decode(text.encode("utf-8", "replace"), type=_Text).text
        except msgspec.MsgspecError as error:
            raise SettingsError(
                f"Line {number} of standard input is no text: {error}: {shown(text)}.", 'Write {"text": "..."}.'
            ) from None
