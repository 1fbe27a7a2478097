"""Every call of a model is counted: how it ended, how long it took, its tokens, and what it cost."""

from prometheus_client import REGISTRY

from textback.llm.base import Asked, Try
from textback.pipeline.metrics import count_asked


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"textback_model_{name}", labels) or 0.0


def test_each_call_counts() -> None:
    one, two = "openai:of-a-test", "anthropic:of-a-test"
    tries = (Try(one, "timeout", 1500), Try(two, "answered", 700, 1_000, 50, 1_250))
    count_asked(Asked(None, None, tries))
    count_asked(Asked(None, None, tries[1:]))
    assert value("calls_total", model=one, outcome="timeout") == 1
    assert value("calls_total", model=two, outcome="answered") == 2
    assert value("seconds_sum", model=one) == 1.5
    assert value("seconds_count", model=two) == 2
    assert value("tokens_total", model=two, kind="in") == 2_000
    assert value("tokens_total", model=two, kind="out") == 100
    assert value("cost_dollars_total", model=two) == 0.0025
