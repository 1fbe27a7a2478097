"""Schemathesis over /openapi.json: requests that the description allows and some that it does not, to a served program.

No answer may be a 5xx or anything else that is not described, and no key means no answer.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.support.fake_provider import fake_provider
from tests.support.served import Served, command


def negative_data_is_refused(ctx: Any, response: Any, case: Case) -> bool | None:
    """As schemathesis has it, which does not count two refusals: 413, as a body that is wrong may be too long as well,
    and a bulk request that is taken in with the wrong ones of its texts refused, each by itself."""
    if response.status_code == 413:
        return None
    if response.status_code == 202 and response.json()["data"].get("counts", {}).get("invalid"):
        return None
    return negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
    negative_data_is_refused,
    unsupported_method,
]

SOMEBODY = "+12065550141"
"""A contact, as an address names one."""


def try_api(url: str, key: str, line: str, examples: int, *, fresh: bool) -> int:
    """So many requests of either kind to each operation; returns how many were made. Half of those
    to a line go to this one. Raises what schemathesis found."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations: Iterable[Any] = schema.get_all_operations()
    made = 0
    for operation in (found.ok() for found in operations):
        needs_key = {"key": []} in operation.definition.raw["security"]
        headers = {"Authorization": f"Bearer {key}"} if needs_key else {}
        for mode in GenerationMode:
            if mode.is_positive or operation.body or operation.path_parameters:
                made += _tried(operation, mode, headers, line, examples, fresh)
    return made


def _tried(operation: Any, mode: GenerationMode, headers: dict[str, str], line: str, examples: int, fresh: bool) -> int:
    """Requests of one kind to one operation."""
    made = 0

    @settings(
        max_examples=examples,
        derandomize=not fresh,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Case) -> None:
        nonlocal made
        if case.path_parameters and made % 2:
            case.path_parameters = {name: line if name == "line" else SOMEBODY for name in case.path_parameters}
        case.call_and_validate(headers=headers, checks=CHECKS, timeout=20)
        made += 1

    one()
    return made


def served_api(examples: int) -> int:
    """Serve the example bot with both providers, and try its API."""
    with tempfile.TemporaryDirectory(prefix="textback-fuzz-") as place, fake_provider() as fake:
        folder = Path(place)
        database = f"sqlite:///{folder}/textback.db"
        made = command("apikey", "add", "fuzz", "--database", database, folder=folder)
        with Served(["serve", "--database", database, "--port", "0"], folder, fake.environment()) as served:
            return try_api(served.wait_ready().url, made.stdout.split()[0], "telnyx", examples, fresh=True)
