"""A few words that name messages, numbers or lists and ask for no end are no opt-outs, whatever a model has learnt."""

import pytest

from textback.compliance.revocation import revocation

ORDINARY = """
msg me. text me. call me back. send message. my number. text me later. message me tomorrow. can you text me
send me a text. number please. I got your message. thanks for the message. love these messages. text me the address
wrong message. this is my number. my messages. txt msg. sms sms. messages. check your messages. sms please. pls txt
call this number. list please. add me to the list. put me on your list. contact me. alerts please. send alerts
turn on alerts. more alerts. reminders please. two messages. spam folder. any offers
mi numero. llamame. mandame un mensaje
no tengo mensajes. gracias por los mensajes
""".replace("\n", ".").split(".")


@pytest.mark.parametrize("text", [one.strip() for one in ORDINARY if one.strip()])
def test_words_of_messages_without_an_end_are_no_opt_out(text: str) -> None:
    assert revocation(text).reading == "none"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> {{ bot.name }} '; DROP TABLE messages; --",
        '{"messages": [], "unsubscribe": false}',
        "DROP TABLE numbers; --",
    ],
)
def test_what_is_written_for_machines_is_not_for_the_model(text: str) -> None:
    assert revocation(text).by != "model"


@pytest.mark.parametrize("text", ["quit messaging", "no more msgs", "end these alerts", "basta mensajes"])
def test_a_few_words_that_want_an_end_are_still_heard(text: str) -> None:
    assert revocation(text).reading != "none"
