"""A person's way through the product in a real browser: text, answer, desk, take over, reply, return, stop."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Site, Windows

ASK = "can I talk to a real person about the price?"
LOCKED_BY_BOT = "The bot is answering. Take over to write yourself."
OPTED_OUT = "They opted out. Texts may go again once they text START."


def number(phone: str) -> str:
    """(206) 555-0123 of /try/12065550123."""
    digits = phone[-10:]
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def text(page: Page, words: str) -> None:
    """Text as the customer. Returns once the phone's own bubble is there, by which time the turn is done."""
    mine = page.locator(".sms--me")
    before = mine.count()
    page.get_by_label("Text as the customer").fill(words)
    page.keyboard.press("Enter")
    expect(mine).to_have_count(before + 1)
    expect(mine.last).to_have_text(words)
    expect(page.get_by_label("Text as the customer")).to_have_value("")


def answers(page: Page) -> Locator:
    """What the business texted, on the phone."""
    return page.locator(".sms--biz > p")


def row(desk: Page, phone: str) -> Locator:
    """The phone's row in the list of the desk."""
    return desk.locator(".row", has_text=number(phone))


def open_thread(desk: Page, phone: str) -> None:
    """Click the phone's row."""
    row(desk, phone).get_by_role("link").click()
    expect(desk.locator("main h2")).to_have_text(number(phone))


def say(desk: Page, words: str) -> Locator:
    """Reply as a person; returns the bubble."""
    desk.get_by_label("Text to").fill(words)
    desk.get_by_role("button", name="Send").click()
    bubble = desk.locator(".msg--you", has_text=words)
    expect(bubble).to_have_count(1)
    expect(desk.get_by_label("Text to")).to_have_value("")
    return bubble


def walk(windows: Windows, phone: str) -> None:
    """From the first text to the bot's last answer. Nothing is ever loaded again by hand."""
    customer = windows.open(phone)
    desk = windows.open("/desk/needs-you")
    expect(desk.get_by_text("Nobody is waiting.")).to_be_visible()
    watcher = windows.open("/desk/all")

    text(customer, "hours")
    expect(answers(customer)).to_have_count(1)
    expect(answers(customer)).to_contain_text("12 Pier Road")
    expect(row(watcher, phone)).to_contain_text("Bot: We're at 12 Pier Road")
    expect(desk.get_by_text("Nobody is waiting.")).to_be_visible()

    text(customer, ASK)
    expect(answers(customer).last).to_contain_text("I've asked the shop to step in.")
    expect(row(desk, phone)).to_contain_text("Asked for a person")
    expect(desk).to_have_title(re.compile(r"^\(1\) Desk"))
    expect(row(watcher, phone)).to_contain_text("Asked for a person")

    open_thread(desk, phone)
    thread = desk.get_by_role("log")
    expect(thread.locator(".msg--in")).to_have_text([re.compile("hours"), re.compile(re.escape(ASK))])
    expect(thread.locator(".msg--bot .msg__meta")).to_have_text([re.compile("Sent")] * 2)
    expect(thread.get_by_text("Bot stopped and asked for a person.")).to_be_visible()
    expect(desk.get_by_role("complementary")).to_contain_text(f"“{ASK}”")

    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_text("You have this")).to_be_visible()
    expect(thread.get_by_text("You took over")).to_be_visible()
    reply = say(desk, "A tune-up is $90 plus parts. Friday at 4 works.")
    expect(reply.locator(".msg__meta")).to_contain_text("Sent")
    expect(answers(customer).last).to_have_text("A tune-up is $90 plus parts. Friday at 4 works.")

    count = answers(customer).count()
    text(customer, "hours")  # a word that the bot would answer
    expect(thread.locator(".msg--in").last).to_contain_text("hours")
    expect(customer.get_by_role("heading", name="Turn 3")).to_be_visible()
    expect(answers(customer)).to_have_count(count)

    desk.locator("summary", has_text="Return to bot").click()
    desk.get_by_role("button", name="Wait").click()
    expect(desk.get_by_text("The bot has this")).to_be_visible()
    expect(thread.get_by_text("You returned it to the bot")).to_be_visible()
    expect(desk.get_by_text(LOCKED_BY_BOT)).to_be_visible()
    expect(desk.get_by_label("Text to")).to_be_hidden()

    text(customer, "hours")
    expect(answers(customer)).to_have_count(count + 1)
    expect(answers(customer).last).to_contain_text("12 Pier Road")
    expect(thread.locator(".msg--bot").last).to_contain_text("12 Pier Road")
    expect(thread.locator(".msg--bot").last.locator(".msg__meta")).to_contain_text("Sent")


def test_from_the_first_text_to_a_person_and_back(windows: Windows, phone: str) -> None:
    walk(windows, phone)


def test_on_a_phone_a_thread_has_its_actions_in_one_row(windows: Windows, phone: str) -> None:
    text(windows.open(phone), ASK)
    desk = windows.open("/desk/needs-you", viewport={"width": 390, "height": 844}, has_touch=True)
    open_thread(desk, phone)
    desk.get_by_role("button", name="Take over").tap()
    expect(desk.get_by_role("button", name="Complete", exact=True)).to_be_visible()
    head = desk.locator(".thread__head")
    expect(head).to_have_js_property("offsetHeight", 57)


def test_the_same_on_postgresql(browser: Browser, postgres_site: Site, phone: str) -> None:
    windows = Windows(browser, postgres_site)
    try:
        walk(windows, phone)
    finally:
        windows.close()


def test_a_login_link_signs_in_once_and_a_password_from_then_on(windows: Windows) -> None:
    windows.allow("410")
    link = windows.site.add_user("pass@example.com", "Pass")
    page = windows.open(link, who=None)
    page.get_by_role("button", name="Sign in to the desk").click()
    expect(page).to_have_url(re.compile("/desk/needs-you$"))
    other = windows.open("/desk/needs-you", who=None)
    expect(other).to_have_url(re.compile("/login"))
    other.goto(link)
    expect(other.get_by_text("This link was used already, or is too old.")).to_be_visible()
    expect(other.get_by_role("button")).to_have_count(0)

    page.goto("/account")
    page.get_by_label("New password").fill("a long enough secret")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto("/desk/mine")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("Email").fill("pass@example.com")
    page.get_by_label("Password").fill("a long enough secret")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/desk/mine$"))  # where they wanted to go


def test_the_inspector_shows_what_each_turn_did(windows: Windows, phone: str) -> None:
    page = windows.open(phone)
    expect(page.get_by_text("No turn yet.")).to_be_visible()
    text(page, "book")
    trace = page.get_by_role("region", name="What the bot did")
    expect(trace.get_by_role("heading", name="Turn 1")).to_be_visible()
    expect(trace.locator(".checks .is-hit")).to_contain_text("book_visit")
    changed = trace.get_by_role("row").filter(has_text="session.step")
    expect(changed.locator("td")).to_have_text(["", "service"])
    expect(trace.locator(".sent__text")).to_contain_text("What do you need?")
    expect(trace.locator(".sent .meter")).to_contain_text(re.compile(r"1 segment, GSM-7, \d+ of 160"))
    expect(trace.locator(".sent .gates")).to_contain_text("Sent")
    expect(trace.get_by_text("Reminder")).to_be_visible()
    expect(trace.get_by_text("Gives up")).to_be_visible()

    text(page, "tune up")
    expect(trace.get_by_role("heading", name="Turn 2")).to_be_visible()
    expect(changed.locator("td")).to_have_text(["service", "bike"])
    expect(trace.get_by_role("row").filter(has_text="tune_up").locator("ins")).to_have_text("tune_up")

    page.get_by_role("group", name="Turns").get_by_role("link", name="1", exact=True).click()
    expect(trace.get_by_role("heading", name="Turn 1")).to_be_visible()
    expect(page.locator(".sms.is-open")).to_have_text([re.compile("book"), re.compile("What do you need?")])
    text(page, "blue gravel bike")  # a new text shows its own turn again
    expect(trace.get_by_role("heading", name="Turn 3")).to_be_visible()


def test_quick_texts_and_several_phones(windows: Windows, phone: str) -> None:
    page = windows.open(phone)
    page.get_by_role("form", name="Quick texts").get_by_role("button", name="HOURS").click()
    expect(page.locator(".sms--me")).to_have_text(["HOURS"])
    expect(answers(page)).to_have_count(1)
    page.get_by_role("button", name="New customer").click()
    expect(page.get_by_text("Write a text below, as a customer would.")).to_be_visible()
    page.get_by_role("group", name="Phones").get_by_role("link", name=number(phone)).click()
    expect(page.locator(".sms--me")).to_have_text(["HOURS"])


def test_two_windows_of_one_person_agree(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    text(customer, ASK)
    first, second = windows.open("/desk/needs-you"), windows.open("/desk/needs-you")
    for desk in (first, second):
        open_thread(desk, phone)
    first.get_by_role("button", name="Take over").click()
    expect(second.get_by_text("You have this")).to_be_visible()

    second.get_by_label("Text to").fill("Half a thou")
    say(first, "On my way.")
    expect(second.locator(".msg--you")).to_contain_text("On my way.")
    text(customer, "Great, see you")
    for desk in (first, second):
        expect(desk.locator(".msg--in").last).to_contain_text("Great, see you")
    expect(second.get_by_label("Text to")).to_have_value("Half a thou")  # what is being written stays

    first.get_by_role("button", name="Complete").click()
    expect(second.get_by_text("You completed it")).to_be_visible()
    expect(row(second, phone)).to_have_count(0)


def test_a_teammate_sees_who_has_it_and_may_take_it(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    text(customer, ASK)
    mine, theirs = windows.open("/desk/needs-you"), windows.open("/desk/needs-you", who="tom")
    for desk in (mine, theirs):
        open_thread(desk, phone)
    mine.get_by_role("button", name="Take over").click()
    expect(mine.get_by_text("You have this")).to_be_visible()
    expect(theirs.locator(".lock")).to_contain_text("is answering.")
    expect(theirs.get_by_label("Text to")).to_be_hidden()

    mine.get_by_label("Text to").fill("I was just")
    theirs.get_by_role("button", name="Take it").click()
    expect(theirs.get_by_text("You have this")).to_be_visible()
    expect(mine.locator(".lock")).to_contain_text("Tom is answering.")
    expect(mine.get_by_label("Text to")).to_have_value("I was just")  # a lock never eats a draft
    expect(mine.get_by_role("button", name="Send")).to_be_hidden()
    say(theirs, "Tom here.")
    expect(answers(customer).last).to_have_text("Tom here.")
    expect(mine.locator(".msg--mate")).to_contain_text("Tom here.")


def test_stop_on_the_phone_closes_the_composer(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    text(customer, ASK)
    desk = windows.open("/desk/needs-you")
    open_thread(desk, phone)
    address = desk.url.partition("?")[0]
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_label("Text to")).to_be_visible()

    text(customer, "STOP")
    expect(answers(customer).last).to_contain_text(re.compile("unsubscribed|opted out|no more", re.IGNORECASE))
    expect(desk.get_by_text(OPTED_OUT)).to_be_visible()
    expect(desk.get_by_label("Text to")).to_be_hidden()
    expect(desk.get_by_role("button", name="Send")).to_be_hidden()
    expect(desk.get_by_role("log").get_by_text("They opted out. Nothing is sent to them.")).to_be_visible()
    desk.goto("/desk/all")
    expect(row(desk, phone)).to_contain_text("Opted out, no texts allowed")

    count = answers(customer).count()
    text(customer, "hours")
    expect(customer.get_by_role("heading", name=re.compile("Turn"))).to_be_visible()
    expect(answers(customer)).to_have_count(count)  # nothing is sent, not even what the bot knows

    desk.goto(f"{address}?view=all")
    expect(desk.get_by_text(OPTED_OUT)).to_be_visible()
    text(customer, "START")
    expect(answers(customer)).to_have_count(count + 1)
    expect(desk.get_by_text(OPTED_OUT)).to_be_hidden()
    say(desk, "Good to have you back.")
    expect(answers(customer).last).to_have_text("Good to have you back.")


def test_stop_while_a_person_types_keeps_the_draft_and_takes_the_button(windows: Windows, phone: str) -> None:
    windows.allow("409")
    customer = windows.open(phone)
    text(customer, ASK)
    desk = windows.open("/desk/needs-you")
    open_thread(desk, phone)
    desk.get_by_role("button", name="Take over").click()
    desk.get_by_label("Text to").fill("Let me look that up")
    text(customer, "STOP")
    expect(desk.get_by_text(OPTED_OUT)).to_be_visible()
    expect(desk.get_by_label("Text to")).to_have_value("Let me look that up")
    expect(desk.get_by_role("button", name="Send")).to_be_hidden()
    count = answers(customer).count()
    desk.get_by_label("Text to").press("Control+Enter")
    expect(desk.get_by_role("alert")).to_have_text("They opted out. Nothing was sent.")
    expect(answers(customer)).to_have_count(count)


def test_rows_do_not_move_under_the_pointer(windows: Windows, phone: str) -> None:
    early, late = windows.open(phone), windows.open(phone.replace("1206", "1253"))
    text(early, "hours")
    text(late, "hours")
    desk = windows.open("/desk/all")
    first = desk.locator(".row").first
    expect(first).to_contain_text("(253)")
    first.hover()
    text(early, "thanks")
    expect(desk.get_by_role("button", name="1 moved")).to_be_visible()
    expect(first).to_contain_text("(253)")
    expect(row(desk, phone)).to_contain_text("Bot: Any time.")  # but it changes in place
    desk.get_by_role("button", name="1 moved").click()
    expect(first).to_contain_text(number(phone))
    expect(desk.locator("#moves")).to_be_hidden()


def test_an_unread_text_is_marked_until_it_is_opened(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    text(customer, ASK)
    desk, second = windows.open("/desk/needs-you"), windows.open("/desk/needs-you")
    expect(row(second, phone)).to_contain_text("unread")
    open_thread(desk, phone)
    expect(row(second, phone)).not_to_contain_text("unread")


@pytest.mark.parametrize("words", ["<b>bold</b><script>alert(1)</script>", "مرحبا 🚲", "{{ bot.name }} & co"])
def test_a_text_is_shown_as_it_was_written(windows: Windows, phone: str, words: str) -> None:
    customer = windows.open(phone)
    text(customer, words)
    desk = windows.open("/desk/all")
    expect(row(desk, phone)).to_be_visible()
    open_thread(desk, phone)
    expect(desk.locator(".msg--in .msg__text")).to_have_text(words)


def test_a_draft_survives_another_page(windows: Windows, phone: str) -> None:
    customer = windows.open(phone)
    text(customer, ASK)
    desk = windows.open("/desk/needs-you")
    open_thread(desk, phone)
    desk.get_by_role("button", name="Take over").click()
    desk.get_by_label("Text to").fill("Half a thought")
    desk.goto("/account")
    desk.go_back()
    expect(desk.get_by_label("Text to")).to_have_value("Half a thought")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".msg--you")).to_contain_text("Half a thought")
    desk.reload()
    expect(desk.get_by_label("Text to")).to_have_value("")
