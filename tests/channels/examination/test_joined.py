"""Who is examined: every provider of the registry, with cases of every kind."""

from pathlib import Path

from tests.channels.examination.examinee import FOLDER, Examinee
from textback.channels import registry
from textback.channels.registry import PROVIDERS
from textback.engine.arrivals import DeliveryStatus, Message

ROOT = Path(__file__).parents[3]


def test_every_provider_is_examined() -> None:
    folders = {path.parent.name.replace("_", "-") for path in FOLDER.glob("*/examinee.py")}
    assert folders == {name for name, spec in PROVIDERS.items() if spec.posted}
    assert {name for name, spec in PROVIDERS.items() if spec.fetched} == {"email"}


def test_the_cases_are_of_every_kind(examinee: Examinee) -> None:
    given = [arrival for case in examinee.cases for arrival in case.gives or ()]
    assert {type(arrival) for arrival in given} == ({Message, DeliveryStatus} if examinee.reports else {Message})
    assert any(case.malformed for case in examinee.cases)
    assert any(isinstance(one, DeliveryStatus) and one.opted_out for one in given) or not any(
        kind == "opted_out" for kind in examinee.report_codes.values()
    )
    assert {case.kind for case in examinee.answers if case.kind} >= {
        "rejected",
        "misconfigured",
        "throttled",
        "unknown",
    }


def test_it_has_a_page(examinee: Examinee) -> None:
    assert (ROOT / "docs" / "how-to" / f"{examinee.name}.md").is_file()


def test_it_is_one_line_of_the_registry(examinee: Examinee) -> None:
    lines = Path(registry.__file__).read_text().splitlines()
    kind = type(examinee.line()).__name__
    assert [line.strip() for line in lines if f"({kind})" in line] == [f"_spec({kind}),"]


def test_no_other_provider_is_known_to_it(examinee: Examinee) -> None:
    listed = (ROOT / ".importlinter").read_text()
    contract = listed.partition("[importlinter:contract:providers]")[2].partition("\n[")[0]
    assert examinee.module.__name__ in contract.split()


def test_the_options_have_variables_of_their_own(examinee: Examinee) -> None:
    mine = {option.env for option in examinee.spec.options if option.env}
    others = {option.env for name, spec in PROVIDERS.items() if name != examinee.name for option in spec.options}
    assert mine
    assert not mine & others, "a variable of two providers would make two lines"


def test_it_is_small(examinee: Examinee) -> None:
    """200 lines that say something; the two first ones are from before there was so much to share."""
    assert examinee.module.__file__ is not None
    lines = [line for line in Path(examinee.module.__file__).read_text().splitlines() if line]
    assert len(lines) <= (300 if examinee.name in ("telnyx", "twilio") else 200)
