"""English."""

from textback.engine.matchers.language import Words, numbered, words

_ORDINALS = numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth",
    1,
)

ENGLISH = Words(
    home=words("a, an, ten, pair, min, mins, sept"),
    decimal_comma=False,
    numbers={
        **numbered(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        ),
        **{
            word: 10 * n
            for word, n in numbered("twenty thirty forty/fourty fifty sixty seventy eighty ninety", 2).items()
        },
    },
    powers={"hundred": 100, "thousand": 1000, "million": 1_000_000},
    joiners=words("and"),
    amounts={
        "half a dozen": 6,
        "a dozen": 12,
        "dozen": 12,
        "two dozen": 24,
        "a couple of": 2,
        "a couple": 2,
        "couple of": 2,
        "couple": 2,
        "a pair": 2,
        "a half": 0.5,
        "half": 0.5,
        "a quarter": 0.25,
        "a single": 1,
    },
    halves=words("and a half"),
    only_me=words("just me, only me, me, myself, just myself"),
    minus=words("minus, negative"),
    currencies={
        "dollar": "local",
        "dollars": "local",
        "buck": "local",
        "bucks": "local",
        "us dollars": "USD",
        "canadian dollars": "CAD",
        "australian dollars": "AUD",
        "quid": "GBP",
        "pound": "GBP",
        "pounds": "GBP",
        "euro": "EUR",
        "euros": "EUR",
        "peso": "local",
        "pesos": "local",
        "francs": "CHF",
        "yen": "JPY",
        "rupees": "INR",
    },
    cents=words("cent, cents, pence"),
    with_cents=words("and"),
    weekdays={
        **numbered("monday tuesday wednesday thursday friday saturday sunday"),
        **numbered("mon tue wed thu fri sat sun"),
        "tues": 1,
        "tuesdy": 1,
        "weds": 2,
        "wednsday": 2,
        "wensday": 2,
        "thur": 3,
        "thurs": 3,
        "thrusday": 3,
    },
    months={
        **numbered("january february march april may june july august september october november december", 1),
        **numbered("jan feb mar apr may jun jul aug sep oct nov dec", 1),
        "sept": 9,
        "febuary": 2,
    },
    days={
        "today": 0,
        "tday": 0,
        "2day": 0,
        "tdy": 0,
        "tomorrow": 1,
        "tomorow": 1,
        "tommorow": 1,
        "tommorrow": 1,
        "tmrw": 1,
        "tmr": 1,
        "tmw": 1,
        "tmrrw": 1,
        "tmorrow": 1,
        "tomoz": 1,
        "tomo": 1,
        "2moro": 1,
        "2morrow": 1,
        "2mrw": 1,
        "2mro": 1,
        "the day after tomorrow": 2,
        "day after tomorrow": 2,
        "day after tmrw": 2,
        "overmorrow": 2,
        "yesterday": -1,
        "the day before yesterday": -2,
        "day before yesterday": -2,
    },
    weak=words("mon, wed, sat, sun, may, march, mar, jan, dec"),
    units={
        **dict.fromkeys(("minute", "minutes", "min", "mins"), "minute"),
        **dict.fromkeys(("hour", "hours", "hr", "hrs"), "hour"),
        **dict.fromkeys(("day", "days"), "day"),
        **dict.fromkeys(("week", "weeks", "wk", "wks"), "week"),
        **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
        **dict.fromkeys(("month", "months"), "month"),
        **dict.fromkeys(("year", "years"), "year"),
    },
    some={"a": 1, "an": 1, "a couple of": 2, "a couple": 2, "couple of": 2, "couple": 2, "half an": 0.5, "half a": 0.5},
    ordinals={
        **_ORDINALS,
        "thirtieth": 30,
        **{f"twenty {word}": 20 + n for word, n in _ORDINALS.items() if n < 10},
        "thirty first": 31,
    },
    ordinal_suffix="st|nd|rd|th",
    date_forms=(
        (r"{n} {unit} (?:from|after) {wd}", "from_weekday"),
        (r"{n} {unit} (?:from|after) {day}", "from_day"),
        (r"in {n} {unit}(?: time)?", "ahead"),
        (r"{n} {unit} (?:from now|hence)", "ahead"),
        (r"{n} {unit} ago", "ago"),
        (r"{wd},? (?:of )?next week|next week,? (?:on )?{wd}", "next_week"),
        (r"{wd},? (?:of )?this week|this week,? (?:on )?{wd}", "this"),
        (r"{wd} week", "week_later"),
        (r"last {wd}", "last"),
        (r"(?:this coming|this upcoming|the coming|coming|upcoming|the following) {wd}", "coming"),
        (r"(?:next|nxt) {wd}", "next"),
        (r"this {wd}", "this"),
        (r"(?:the )?{nth} (?:day )?(?:of )?{month}(?:,? {year})?", "month_day"),
        (r"{month} (?:the )?{nth}(?:,? {year})?", "month_day"),
        (r"(?:the )?(?:end|last day) of (?:the |this )?month", "month_end"),
        (r"(?:on |at |over )?(?:the |this )?(?:coming )?(?:weekend|wkend)", "weekend"),
        (r"{day}", "day"),
        (r"(?:the {dd}|(?:the )?{ord})(?: of (?:the |this )month)?", "nth"),
        (r"{wd}", "weekday"),
    ),
    next_weekday="ask",
    parts={
        **dict.fromkeys(("in the morning", "in the am", "of the morning"), ("morning", None)),
        **dict.fromkeys(("in the afternoon", "of the afternoon"), ("afternoon", None)),
        **dict.fromkeys(("in the evening", "of the evening"), ("evening", None)),
        **dict.fromkeys(("at night", "in the night"), ("night", None)),
        "this morning": ("morning", 0),
        "this afternoon": ("afternoon", 0),
        "this arvo": ("afternoon", 0),
        "this evening": ("evening", 0),
        **dict.fromkeys(("tonight", "tonite", "2nite", "2night", "tnite"), ("night", 0)),
        "morning": ("morning", None),
        "afternoon": ("afternoon", None),
        "arvo": ("afternoon", None),
        "evening": ("evening", None),
        "night": ("night", None),
    },
    clock={"noon": 720, "midday": 720, "mid day": 720, "midnight": 0},
    now=words("now, right now, immediately, straight away, right away"),
    before_time=r"(?:\bat|@|\bat (?:around|about)|~)",
    after_time=r"(?:ish|o ?clock|o clock|sharp|on the dot|hrs)",
    time_forms=(
        (r"half (?:past )?{h}", "half_past"),
        (r"(?:a )?quarter (?:past|after) {h}", "quarter_past"),
        (r"(?:a )?quarter (?:to|till|til|of|before) {h}", "quarter_to"),
        (r"{m} (?:minutes |mins )?(?:past|after) {h}", "past"),
        (r"{m} (?:minutes |mins )(?:to|till|til|before) {h}", "to"),
        (r"{fives} (?:to|till|til) {h}", "to"),
        (r"in {n} {unit}(?: time)?", "ahead"),
        (r"{n} {unit} from now", "ahead"),
    ),
    bounds=words(
        "after, before, until, till, til, by, since, from, between, past, no later than, later than, earlier than, no "
        "earlier than, starting, last"
    ),
    ranges=words("to, till, til, until, through, thru"),
    later_forms=((r"{n} {unit} later", "later"), (r"{n} {unit} (?:earlier|sooner)", "earlier")),
    leads=words("at, on, for, about, around, at about, at around, for about"),
    greetings=words(
        "good morning, good afternoon, good evening, good night, morning all, gd morning, have a good day, have a "
        "nice day"
    ),
    fillers=words(
        "at, on, about, around, say, how, i, what, maybe, perhaps, probably, actually, mean, meant, make, it, "
        "instead, works, work, good, best, would, be, suits, suit, me, approx, approximately, roughly, sometime, "
        "please, for, time, there, then, if, possible, ok, okay, sounds, great, fine, see, you, can, come, do, we, "
        "sorry, hmm, um, book, the, lets, try, change, move, to, no, yes, yeah, yep, is, rather, oh, wait, well, "
        "free, available, just, day, date, and, my, email, mail, phone, cell, mobile, zip, code, postcode, address, "
        "name, hi, hello, hey, call, hours, all, total, only, exactly, people, persons, of, us, them, or, so, id, "
        "like, thanks, in"
    ),
    refusals=words(
        "doesnt, isnt, cant, wont, dont, didnt, couldnt, not, busy, impossible, booked, unavailable, closed, cannot"
    ),
    introductions=words(
        "my name is, my names, my name s, name is, names, the name is, the names, im, i am, i m, this is, its, it is, "
        "call me, name:, name, im called, i go by, you can call me, me llamo"
    ),
    weak_introductions=words("this is, its, it is, name"),
    here=words("here, speaking"),
    not_names=words(
        "yes, no, yeah, yep, yup, nope, nah, ok, okay, sure, maybe, please, thanks, thank, you, hi, hello, hey, hiya, "
        "i, im, me, my, mine, we, us, our, he, she, they, it, its, this, that, these, those, the, a, an, and, or, "
        "but, not, what, who, why, when, where, how, which, whose, is, are, am, was, were, be, been, do, does, did, "
        "dont, doesnt, can, cant, could, would, should, will, wont, shall, might, must, have, has, had, need, needs, "
        "want, wants, get, got, give, go, come, coming, going, looking, interested, trying, wondering, hoping, "
        "calling, texting, asking, having, waiting, sorry, late, here, there, now, then, today, tomorrow, tmrw, "
        "tonight, yesterday, monday, tuesday, wednesday, thursday, friday, saturday, sunday, morning, afternoon, "
        "evening, night, noon, week, month, at, in, on, of, for, from, with, by, to, up, out, off, about, good, "
        "great, fine, bad, busy, free, available, happy, glad, new, just, still, also, so, too, very, really, "
        "already, almost, ready, done, back, home, lost, confused, stuck, sick, tired, nothing, none, something, "
        "anything, everything, someone, anyone, nobody, idk, skip, stop, start, help, agent, human, person, robot, "
        "bot, repair, book, booking, appointment, quote, price, bike, car, order, cancel, change, call, text, email, "
        "phone, number, name, address, know, think, guess, like, prefer, rather, say, tell, see, look, let, lets, "
        "make, take, if, because, cause, as, than, all, any, some, more, less, much, many, one, two, three, four, "
        "five, six, seven, eight, nine, ten, first, second, third, last, next, wrong, right, correct, true, false, "
        "lol, haha, wtf, omg, u, ur, r, pls, plz, thx, ty, np, over, under, near, running, allowed, able, afraid, "
        "aware, customer, client, patient, broken, fix, same, different, only, never, always, whatever, urgent, asap, "
        "again, later, soon, welcome, bye, cool, nice, perfect"
    ),
    particles=words("van, von, der, den, of, bin, al, ibn, ter, ten"),
    at=words("at"),
    dot=words("dot"),
    marks={"underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"},
    email_words=words("email, e-mail, mail, email address"),
    postcode_words=words("zip, zip code, zipcode, postcode, post code, postal code, postalcode"),
    number_after=words("number, no, option, room, unit, apt, suite, bus, highway, route, bay, table, step, order, ref"),
    street_after=words(
        "street, st, avenue, ave, road, rd, boulevard, blvd, lane, ln, drive, dr, court, ct, way, place, pl, square, "
        "sq, terrace, parkway, pkwy, highway, hwy, close, crescent, circle"
    ),
    street_before=words(""),
    weekday_names=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    month_names=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    say_date="{weekday} {month} {day}",
    say_date_year="{weekday} {month} {day}, {year}",
    say_datetime="{date} at {time}",
    half_day=True,
)
