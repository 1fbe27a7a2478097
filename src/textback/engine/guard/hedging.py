"""Sentences by which a reply says that it does not know, or that a person will."""

import re

_HEDGES = re.compile(
    r"(?<= )(?:(?:i|we) (?:do|can|could|would) not (?:\w+ )?(?:know|have|find|see|change|say|tell|help|"
    r"answer|confirm|be sure|promise)"
    r"|(?:not|am not|are not) (?:\w+ )?(?:sure|certain|aware|able)|unsure|no information|could not find|unable to"
    r"|(?:i|we) (?:can|could|will|would) (?:ask|get|check with|connect|find|put|pass)"
    r"|let me (?:get|ask|check|connect|find)|a (?:colleague|person|human|teammate|member)|talk to (?:a|"
    r"some)|speak (?:to|with) (?:a|some)"
    r"|please (?:call|ask|contact)|maybe|perhaps|might|i think|i believe|probably|as far as i know"
    r"|no (?:tengo|tenemos|se|sabemos|encuentro|puedo|podemos|estoy)|no dispongo|puedo preguntar|"
    r"una persona|un companero"
    r"|quizas|tal vez|creo que|probablemente|a lo mejor)(?= )"
)


_REFERS = re.compile(
    r"(?<= )(?:(?:i|we) (?:do|can|could|would) not (?:\w+ )?(?:know|have (?:\w+ ){0,3}(?:information|"
    r"price|details|answer)|find|see|change|say|tell|help|answer|confirm|promise)"
    r"|not (?:\w+ )?sure|no information|(?:i|we) can (?:ask|get)|let me (?:get|ask|check|connect|find)"
    r"|(?:call|ask|talk to|speak to|speak with|from) (?:a|an|the|our|some) ?(?:colleague|person|human|"
    r"teammate)|a (?:colleague|person|human) (?:can|will)"
    r"|no (?:tengo|tenemos|se|sabemos|encuentro|puedo|podemos) \w+|puedo preguntar|una persona|un companero)(?= )"
)


def refers(words: str) -> bool:
    """Whether a sentence only says that this can't be answered here, or by whom."""
    return _REFERS.search(words) is not None


def hedges(words: str) -> bool:
    """Whether a sentence says that it does not know. `words` have a space around each."""
    return _HEDGES.search(words) is not None
