"""What is known of several contacts as one, and where a change of it goes."""

from typing import Any

import pytest

from textback.engine.arrivals import ContactChange
from textback.engine.state import State
from textback.web.together import changes, differing, fields_of, tags_of

ANA = State(fields={"name": "Ana", "bike": "Surly", "city": ""}, tags=["vip"])
WORK = State(fields={"bike": "Trek", "city": "Reno", "size": 54}, tags=["work", "vip"])


def test_the_first_value_that_there_is_is_shown() -> None:
    assert fields_of([ANA, WORK]) == {"name": "Ana", "bike": "Surly", "city": "Reno", "size": 54}
    assert fields_of([WORK, ANA])["bike"] == "Trek"
    assert tags_of([ANA, WORK]) == ["vip", "work"]
    assert differing([ANA, WORK]) == {"bike": ["Surly", "Trek"]}


@pytest.mark.parametrize(
    ("change", "kept", "other"),
    [
        ({"fields": {"bike": "Surly", "city": "Reno", "size": 54}, "name": "Ana"}, None, None),
        ({"fields": {"bike": "Kona"}}, {"fields": {"bike": "Kona"}}, None),
        ({"fields": {"city": "Elko"}}, {"fields": {"city": "Elko"}}, None),
        ({"fields": {"bike": None}}, {"fields": {"bike": None}}, {"fields": {"bike": None}}),
        ({"fields": {"size": None}}, None, {"fields": {"size": None}}),
        ({"fields": {"color": None}}, None, None),
        ({"name": "Ana Ruiz"}, {"name": "Ana Ruiz"}, None),
        ({"name": ""}, {"name": ""}, None),
        ({"tag": ("new",)}, {"tag": ("new",)}, None),
        ({"tag": ("work",)}, None, None),
        ({"untag": ("vip",)}, {"untag": ("vip",)}, {"untag": ("vip",)}),
        ({"untag": ("work",)}, None, {"untag": ("work",)}),
    ],
)
def test_only_what_was_changed_is_changed_and_where_it_is(
    change: dict[str, Any], kept: dict[str, Any] | None, other: dict[str, Any] | None
) -> None:
    found = changes(ContactChange("Sam", **change), {"a": ANA, "b": WORK})
    wanted = {id_: ContactChange("Sam", **one) for id_, one in (("a", kept), ("b", other)) if one is not None}
    assert found == wanted


def test_a_contact_alone_is_changed_as_it_was_asked_for() -> None:
    change = ContactChange("Sam", {"bike": "Surly"}, untag=("none",))
    assert changes(change, {"a": ANA}) == {"a": change}
