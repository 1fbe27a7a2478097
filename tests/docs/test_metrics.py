"""Every metric is documented in the words of the code, with its labels."""

import re

from prometheus_client.metrics import MetricWrapperBase

import textback.pipeline.metrics
import textback.web.metrics
from tests.docs.pages import missing, read, table_row

PAGE = "docs/reference/metrics.md"
WATCH = "docs/how-to/watch.md"


def ours() -> dict[str, tuple[str, str, str]]:
    """Kind, labels and help of every metric, by the name that a query has."""
    found = {}
    for module in (textback.pipeline.metrics, textback.web.metrics):
        for metric in vars(module).values():
            if not isinstance(metric, MetricWrapperBase) or metric._labelvalues:
                continue
            (family,) = metric.describe()
            name = family.name + ("_total" if family.type == "counter" else "")
            found[name] = (family.type, ", ".join(f"`{label}`" for label in metric._labelnames), family.documentation)
    return found


def test_the_reference_has_every_metric() -> None:
    assert missing(PAGE, [table_row(f"`{name}`", *more) for name, more in ours().items()]) == ""


def test_the_documents_name_no_metric_that_does_not_exist() -> None:
    known = set(ours())
    suffix = re.compile(r"_(bucket|count|sum)$")
    for page in (PAGE, WATCH, "docs/reference/http.md", "docs/reference/providers.md", "docs/how-to/backup.md"):
        named = set(re.findall(r"\btextback_[a-z_]+\b", read(page)))
        assert {name for name in named if name not in known and suffix.sub("", name) not in known} == set(), page
