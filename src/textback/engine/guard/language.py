"""Which language a reply is in, by its letters and its commonest words."""

import re

_SCRIPTS = (
    ("ru", re.compile("[\u0400-\u052f]")), ("el", re.compile("[\u0370-\u03ff]")), ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f]")), ("hi", re.compile("[\u0900-\u0dff]")),
    ("th", re.compile("[\u0e00-\u0eff]")), ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")), ("ka", re.compile("[\u10a0-\u10ff\u0530-\u058f\u1200-\u139f]")),
)  # fmt: skip
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
#: Common words by language. A word of several of them counts for each.
_COMMON = {
    "en": "the and you your to is are it i we our of for on in at with what when where how can do does not no have has "
    "this that there here if or but be will please yes from by any until also them they as an a so may us me sorry let "
    "would like who which need thanks thank welcome hello hi help open closed day days price free use get take call",
    "es": "el la los las un una de del y o que en con por para se su sus es son esta estan hay lo le no si como cuando "
    "cuanto donde usted pero muy mas al a tiene puede pueden nos les hola gracias claro abrimos cierra cerrado cuesta "
    "cuestan dias dia hora horas este esa eso desde hasta sin sobre aqui soy somos le lo me te ya tambien persona bien",
    "fr": "le la les un une des du de et ou que qui dans en avec pour par sur est sont nous vous votre vos notre nos "
    "pas ne ce cette il elle ils au aux se plus ouvert ouverts ferme fermee etes sommes oui non bonjour merci "
    "dimanche lundi",
    "de": "der die das ein eine einen und oder ist sind wir sie ihr ihre unser nicht mit von zu zum fur auf im am an "
    "bei "
    "haben hat kann konnen wie was wann wo ja nein bitte danke geschlossen geoffnet sonntag montag kostet es den dem",
    "pt": "o a os as um uma de do da dos das e ou que em no na nos nas com por para se seu sua e sao esta estamos nao "
    "sim voce voces ao aos pelo pela mais como quando onde ate tem pode obrigado ola aberto fechado fechados domingos",
    "it": "il lo la i gli le un una di del della dei e o che in con per su non si no siamo sono e vostro nostra aperto "
    "chiuso chiusi come quando dove puo ha hanno grazie ciao la domenica anche piu al alla dal nel nella",
    "nl": "de het een en of van in op met voor is zijn wij we u uw onze niet geen ja nee dat dit die er als ook naar "
    "kunt kan open gesloten zondag dank hallo te bij tot om",
    "la": "sumus est sunt et non in ad cum habemus clausi clausam tabernam qui quae quod nos vos",
    "tl": "ang ng mga sa ay na po kami ikaw ko mo hindi oo salamat bukas sarado para kung ito",
}
_WORDS = {name: frozenset(words.split()) for name, words in _COMMON.items()}


def foreign(text: str, words: str, locale: str) -> str:
    """The language that a text is in where it is not that of the locale; empty where it is, or nothing tells.

    `words` are its folded words. Locales in other languages than these are known by their letters alone.
    """
    wanted = locale.partition("-")[0].partition("_")[0].casefold() or "en"
    by_letters = _by_letters(text)
    if by_letters:
        return "" if by_letters == wanted or (by_letters, wanted) in _SHARED else by_letters
    if wanted not in _WORDS:
        return "en" if wanted in {name for name, _ in _SCRIPTS} and _LATIN.search(text) else ""
    each = words.split()
    counts = {name: sum(map(common.__contains__, each)) for name, common in _WORDS.items()}
    best = max(counts, key=lambda name: (counts[name], name == wanted))
    ahead = counts[best] - counts[wanted]
    return best if best != wanted and ahead >= 2 and counts[best] >= 0.25 * len(each) else ""


_SHARED = {("ru", "uk"), ("ru", "bg"), ("ru", "sr"), ("zh", "ja"), ("ar", "fa"), ("ar", "ur")}


def _by_letters(text: str) -> str:
    if text.isascii():
        return ""
    latin = len(_LATIN.findall(text))
    for name, letters in _SCRIPTS:
        count = len(letters.findall(text))
        if count > 2 and count >= 0.3 * (count + latin):
            return name
    return ""
