"""Every target, by name."""

from fuzz import files, models, providers, served, texts
from fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target for room in (providers, served, texts, models, files) for target in room.TARGETS
}


def close() -> None:
    """Let go of what the targets have opened."""
    for room in (providers, served, files):
        room.close()
