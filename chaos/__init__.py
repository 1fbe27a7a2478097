"""The crash harness: kills real servers while signed texts arrive, then reads what came of every text."""
