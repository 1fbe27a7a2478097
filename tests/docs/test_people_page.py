"""The page about people says who may do what as the code does."""

from tests.docs.pages import read
from textback.web.permissions import PERMISSIONS, ROLES


def test_the_table_of_permissions_is_that_of_the_code() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in read("docs/how-to/people.md").splitlines()
        if line.startswith("| `")
    ]
    documented = {row[0].strip("`"): {role for role, cell in zip(ROLES, row[2:], strict=True) if cell} for row in rows}
    assert documented == PERMISSIONS


def test_each_role_is_described() -> None:
    first = [line.split("|")[1].strip() for line in read("docs/how-to/people.md").splitlines() if line.startswith("| ")]
    assert [cell for cell in first if cell in ROLES] == list(ROLES)
