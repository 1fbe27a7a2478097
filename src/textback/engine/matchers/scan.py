"""One text as dates, times and parts of the day, without what the customer turns down in it."""

import re
from collections.abc import Iterable
from datetime import timedelta

from textback.engine.matchers.dates import Day, Days, dates, numbered
from textback.engine.matchers.line import MASK, NEAR, Line, Span, mask
from textback.engine.matchers.numerals import leftover
from textback.engine.matchers.shapes import Here
from textback.engine.matchers.times import Clock, Part, clocks, parts

_WORD = re.compile(r"\w+")

#: A text with more dates or times than this is a timetable, not an answer.
MOST_FOUND = 12


class Scan:
    """All dates, parts of the day and times of one text. `broken` when it names a day that there is not."""

    def __init__(self, text: str, here: Here, *, only_dates: bool = False) -> None:
        self.day = day = Day(here)
        self.line = line = Line(text)
        self.parts, rest = parts(day.lex, line.normal)
        found, unread = dates(day, rest)
        self.clocks, self.vague = clocks(day.lex, unread, day.now)
        for one in numbered(day, rest):
            # "Mon 9" is Monday at 9, unless a time is said beside it, or only a date was asked for.
            others, left = dates(day, mask(rest, [one.span]))
            times, vague = clocks(day.lex, left, day.now)
            if only_dates or times or one.kind != "numbered":
                found, self.clocks, self.vague = [*others, one], times, vague
        self.broken = any(not one.days for one in found)
        if len(found) > MOST_FOUND or len(self.clocks) > MOST_FOUND or len(self.parts) > MOST_FOUND:
            found, self.clocks, self.vague, self.parts, self.broken = [], [], [], [], True
        found += [
            Days(part.span, (day.today + timedelta(part.day),), f'"{line.normal[slice(*part.span)]}"')
            for part in self.parts
            if part.day is not None
        ]
        self.days = self._agreed(
            [
                one
                for one in sorted(found)
                if not day.lex.bound.search(line.normal, max(0, one.span[0] - NEAR), one.span[0])
            ]
        )
        self._all = spans_of(self.days, self.clocks, self.parts)
        self.refused = refused = self._refused()
        self.days = [one for one in self.days if one.span not in refused]
        self.clocks = [one for one in self.clocks if one.span not in refused]

    def _agreed(self, found: list[Days]) -> list[Days]:
        """Without the weekdays that only repeat another date: "Tuesday, March 3", "tomorrow (Tuesday)"."""
        named = [one for one in found if one.weekday is not None]
        for one in named:
            for other in found:
                if other.weekday is None and other.days and all(d.weekday() == one.weekday for d in other.days):
                    span = (min(one.span[0], other.span[0]), max(one.span[1], other.span[1]))
                    gap = self.line.normal[min(one.span[1], other.span[1]) : max(one.span[0], other.span[0])]
                    joined = other._replace(
                        span=span if not _WORD.search(gap) else other.span, sure=True, how=f"{one.how} {other.how}"
                    )
                    return self._agreed([joined if x is other else x for x in found if x is not one])
        return found

    def _refused(self) -> set[Span]:
        """The spans of what the customer does not want: after "not", or before "doesn't work"."""
        lex, normal = self.day.lex, self.line.normal
        spans = sorted([one.span for one in self.days] + [one.span for one in self.clocks])
        if not spans or (lex.negations.isdisjoint(words := _WORD.findall(normal)) and lex.refusals.isdisjoint(words)):
            return set()
        hidden = mask(normal, spans).replace(MASK, "_")
        refused: set[Span] = set()
        for span in spans:
            start, end = self.line.clause(span)
            before, after = _WORD.findall(hidden, start, span[0]), _WORD.findall(hidden, span[1], end)
            if not lex.negations.isdisjoint(before) or _turned_down(after, lex.refusals):
                refused.add(span)
        return refused

    def part_of(self, clock: Clock) -> str | None:
        """The part of the day that belongs to a time: right beside it, else the only one there is."""
        for part in self.parts:
            gap = self.line.normal[clock.span[1] : part.span[0]] or self.line.normal[part.span[1] : clock.span[0]]
            if part.span[0] >= clock.span[1] and len(gap) <= 1:
                return part.name
        names = {part.name for part in self.parts}
        return names.pop() if len(names) == 1 else None

    def spans(self) -> list[Span]:
        """Everything that was read, what was refused included."""
        return self._all

    def believable(self, strict: bool) -> tuple[list[Days], list[Clock]]:
        """The dates and times that can be nothing else, and those that could be, when nothing else was said."""
        alone = not strict and not leftover(self.line, self.spans(), self.day.lex)
        bare = [one.span for one in self.clocks if not one.sure]
        # The "one" of "the second one" is no time.
        nth = alone and not leftover(self.line, [span for span in self.spans() if span not in bare], self.day.lex)
        days = [one for one in self.days if one.sure or (nth if one.kind == "nth" else alone)]
        return days, [one for one in self.clocks if one.sure or alone or self._beside(one, days)]

    def _beside(self, clock: Clock, days: list[Days]) -> bool:
        """Whether a bare number follows a date, and nothing that it may count follows it: "tmrw 5, I'm Ana"."""
        if not any(0 < clock.span[0] - day.span[1] <= 2 for day in days):
            return False
        following = _WORD.search(self.line.normal, clock.span[1], self.line.clause(clock.span)[1])
        return following is None or following[0] in self.day.lex.fillers | self.day.lex.opening


def spans_of(*found: Iterable[Days | Clock | Part]) -> list[Span]:
    """Where these are in the line."""
    return [one.span for several in found for one in several]


def _turned_down(after: list[str], refusals: frozenset[str]) -> bool:
    """Whether a refusal follows. "5 not 4" refuses only the 4, whose place is masked."""
    for place, word in enumerate(after):
        if word in refusals:
            following = after[place + 1 : place + 2]
            return not (word in {"not", "no"} and following and set(following[0]) == {"_"})
        if set(word) == {"_"}:
            return False
    return False
