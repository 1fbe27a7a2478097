"""Files as people's programs write them, and what their rows say of contacts."""

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textback.pipeline.contactrows import Bad, Planner, guess, number_in, said_in, tags_in, value_in, wrong_choice
from textback.pipeline.sheets import MOST_ROWS, Unreadable, parts_of, read_sheet
from textback.store.contact_imports import Choice
from textback.store.leads import STAGE, Field
from textback.store.sight import ALL, Sight


def rows(data: bytes, region: str = "US") -> tuple[list[str], list[tuple[int, list[str]]]]:
    found = read_sheet(data, region)
    return found.columns, list(found.rows)


@pytest.mark.parametrize(
    "data",
    [
        b"Phone,Name\n206-555-0123,Ana\n",
        b"Phone;Name\r\n206-555-0123;Ana\r\n",
        b"Phone\tName\n206-555-0123\tAna",
        b"Phone|Name\r206-555-0123|Ana\r",
        b'"Phone","Name"\n"206-555-0123","Ana"\n',
        "\ufeffPhone,Name\n206-555-0123,Ana\n".encode(),
        "Phone\tName\n206-555-0123\tAna\n".encode("utf-16"),
    ],
    ids=["commas", "semicolons", "tabs", "bars", "quotes", "mark", "utf-16"],
)
def test_a_file_is_read_whatever_stands_between_its_values(data: bytes) -> None:
    assert rows(data) == (["Phone", "Name"], [(2, ["206-555-0123", "Ana"])])


def test_lines_are_counted_as_an_editor_does() -> None:
    columns, found = rows(b'name,phone\n"Ana\nMaria",1\n\n , \nBo,2\n')
    assert columns == ["name", "phone"]
    assert found == [(2, ["Ana\nMaria", "1"]), (6, ["Bo", "2"])]
    assert rows(b"sep=;\nname;phone\nBo, Lind;2\n") == (["name", "phone"], [(3, ["Bo, Lind", "2"])])


def test_a_file_without_names_of_columns_begins_with_its_first_row() -> None:
    assert rows(b"+12065550123,Ana\n+12065550124,Bo\n") == (
        ["Column 1", "Column 2"],
        [(1, ["+12065550123", "Ana"]), (2, ["+12065550124", "Bo"])],
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "nothing in the file"),
        (b"\n\n , ,\n", "nothing in the file"),
        ("name,phone\nJos\xe9,2065550123\n".encode("latin-1"), "Line 2 has letters that are not UTF-8"),
        (b"PK\x03\x04\x14\x00workbook", "perhaps a workbook"),
        (b"name,phone\nA\0,2065550123\n", "perhaps a workbook"),
        (b'name,phone\n"Ana,2065550123\nBo,2\n', "Line 2 has quotes that do not fit"),
        (b'name,phone\nAna,1\n"Bo"x,2\n', "Line 3 has quotes that do not fit"),
        (b"a," * 60 + b"b\n", "at most 60 go"),
        (b'a,b\n"' + b"x" * 200_000, "is too long"),
        (b"phone\n" + b"1\n" * (MOST_ROWS + 1), "more than 100,000 rows"),
    ],
    ids=["empty", "blank", "latin-1", "workbook", "nul", "open quote", "stray quote", "wide", "long", "many"],
)
def test_what_is_no_such_file_says_so_and_where(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        rows(data)


def test_exactly_as_many_rows_as_there_may_be_are_read() -> None:
    assert len(rows(b"phone\n" + b"1\n" * MOST_ROWS)[1]) == MOST_ROWS


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        columns, found = rows(data)
    except Unreadable:
        return
    assert columns
    assert [line for line, _ in found] == sorted({line for line, _ in found})


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).map(str.strip)


@given(st.lists(st.lists(PLAIN, min_size=2, max_size=2), max_size=6), st.sampled_from(",;\t|"))
def test_what_a_program_writes_is_read_as_it_was(cells: list[list[str]], separator: str) -> None:
    given_ = [[f"x{cell}" for cell in row] for row in cells]  # so that nothing is blank, or a guarded formula
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([["name", "wants"], *given_])
    assert [row for _, row in rows(f"sep={separator}\r\n{out.getvalue()}".encode())[1]] == given_


def test_an_apostrophe_that_guards_a_formula_goes_and_others_stay() -> None:
    assert rows(b"a,b,c\n'=1+1,'tis,O'Brien\n")[1] == [(2, ["=1+1", "'tis", "O'Brien"])]


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("(206) 555-0123", "US", "+12065550123"),
        ("2065550123", "US", "+12065550123"),
        ("+1 206 555 0123", "DE", "+12065550123"),
        ("030 901820", "DE", "+4930901820"),
        ("0044 20 7946 0018", "DE", "+442079460018"),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, region: str, number: str) -> None:
    assert number_in(text, region) == number


@pytest.mark.parametrize("text", ["", "555", "2.06555E+09", "2,06555E9", "n/a", "call me", "1" * 30, "٢٠٦٥٥٥"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Bad):
        number_in(text, "US")


SEATS, DUE = Field("seats", "Seats", "number"), Field("due", "Due date", "date")
FIELDS = [STAGE, SEATS, DUE]


def test_columns_are_guessed_by_their_names() -> None:
    columns = ["First Name", "last_name", "Mobile Phone", "Labels", "SEATS", "Due Date", "Notes", "phone"]
    assert guess(columns, FIELDS, [], "US") == ["name", "name", "number", "tags", "field.seats", "field.due", "", ""]


def test_the_number_is_found_where_no_column_is_called_so() -> None:
    some = [(2, ["Ana", "206-555-0123"]), (3, ["Bo", "n/a"]), (4, ["Cy", "206-555-0125"])]
    assert guess(["Who", "Where"], [], some, "US") == ["", "number"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["name"], "phone number"),
        (["number", "number"], "phone number"),
        (["number", "field.seats", "field.seats"], "Two columns are seats"),
        (["number", "name", "name", "tags", "tags", "", ""], ""),
    ],
)
def test_columns_must_make_sense_together(columns: list[str], words: str) -> None:
    assert words in wrong_choice(columns)
    assert bool(words) is bool(wrong_choice(columns))


def test_tags_are_told_apart_and_must_be_tags() -> None:
    assert tags_in(" VIP, lead;spring-2026  vip") == ["vip", "lead", "spring-2026"]
    with pytest.raises(Bad, match="“v!p” is no tag"):
        tags_in("lead v!p")


KNOWN = {one.name: one for one in FIELDS}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["2065550123", "Ana", "two"], "Seats is a number"),
        (["2065550123", "A" * 201, "2"], "at most 200"),
        (["", "Ana", "2"], "There is no phone number"),
        (["2065550123", "Ana", "2", "more"], "4 values for 3 columns"),
    ],
)
def test_a_row_that_does_not_fit_says_why(cells: list[str], words: str) -> None:
    with pytest.raises(Bad, match=words):
        said_in(cells, ["number", "name", "field.seats"], KNOWN, "US")


def test_an_empty_cell_says_nothing_and_a_short_row_goes() -> None:
    said = said_in(["2065550123", ""], ["number", "name", "field.seats"], KNOWN, "US")
    assert (said.number, said.name, said.fields) == ("+12065550123", "", {})


def planner(**choice: Any) -> Planner:
    columns = ["number", "name", "tags", "field.seats"]
    return Planner(Choice(columns, "one", **choice), FIELDS, "US", ALL, "Sam", "Imported from a.csv")


def plan(plans: Planner, *cells: list[str]) -> list[Any]:
    return plans.plan(plans.read(list(enumerate(cells, 2))), {})


def test_a_number_counts_once_and_a_refused_row_does_not_take_it() -> None:
    plans = planner(tags=["spring"])
    found = plan(
        plans,
        ["2065550123", "Ana", "", "many"],
        ["2065550123", "Ana", "vip", "2"],
        ["+1 (206) 555-0123", "Ana again", "", ""],
    )
    assert [one.what for one in found] == ["refused", "new", "refused"]
    assert found[1].change.fields == {"source": "Imported from a.csv", "seats": 2}
    assert (found[1].change.name, found[1].change.tag) == ("Ana", ("vip", "spring"))
    assert found[2].why == "The same number is in line 3."
    assert plan(plans, ["2065550123", "", "", ""])[0].why == "The same number is in line 3."


def test_a_value_of_a_field_fits_its_type() -> None:
    assert value_in(DUE, "2026-03-02") == "2026-03-02"
    assert value_in(STAGE, "won") == "Won"
    assert value_in(None, "=1+1") == "=1+1"


def test_parts_hold_all_rows_in_order() -> None:
    all_ = [(n, ["x"]) for n in range(7)]
    assert [list(part) for part in parts_of(iter(all_), 3)] == [all_[:3], all_[3:6], all_[6:]]


def test_a_contact_whom_the_importer_does_not_see_stays_as_it_is() -> None:
    row = SimpleNamespace(line="two", owner_kind="bot", owner_id="", state="", name="Ana")
    sight = Sight(lines=frozenset({"one"}))
    plans = Planner(Choice(["number", "name"]), [], "US", sight, "Sam", "Imported")
    (found,) = plans.plan(plans.read([(2, ["2065550123", "Renamed"])]), {"+12065550123": row})
    assert (found.what, found.change) == ("refused", None)
    assert "not among those that you see" in found.why
    row.line = "one"
    (found,) = plans.plan(plans.read([(2, ["2065550123", "Renamed"])]), {"+12065550123": row})
    assert found.what == "changed"
