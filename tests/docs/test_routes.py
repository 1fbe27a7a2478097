"""Every address is documented with its role, and every role is one that is enforced."""

import re

from tests.docs.pages import read, table_row
from textback.web.permissions import PERMISSIONS
from textback.web.routes import ROUTES
from textback.web.server import GUARDS

PAGE = "docs/reference/http.md"


def test_the_reference_lists_every_route_with_its_role() -> None:
    documented = re.findall(r"^\| (?:GET|POST|PATCH|PUT|DELETE) \|.+$", read(PAGE), re.MULTILINE)
    assert documented == [table_row(route.method, f"`{route.path}`", route.role) for route in ROUTES]


def test_every_route_has_a_role_that_something_enforces() -> None:
    enforced = {*GUARDS, *PERMISSIONS}
    assert {route.permission for route in ROUTES if route.handler is not None} <= enforced
    assert [route.role for route in ROUTES if route.handler is None] == ["signed"]
