"""YAML files after a few accidents, for tests that nothing an author does ends in a traceback."""

from collections.abc import Mapping

from hypothesis import strategies as st

SNIPPETS = [
    "{{ ", " }}", "{% if x %}", "'", '"', ": ", "- ", "\n", "  ", "[", "]", "{", "}", "&a ", "*a", "~", "null", "!x ",
    "#", "ask", "say", "end", "if", "then", "else", "choices", "retry: {then: {goto: bike}}", "goto: service",
    "\t", "é", "\x00", "out:", "in", "after: 9d", "hand_back", "matches: '('", "{{ contact.__class__ }}",
    "{% for x in y %}",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, folder: Mapping[str, str]) -> dict[str, str]:
    """This folder after a few accidents."""
    files = dict(folder)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(files)))
        text = files[name]
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 40)))
        kind = draw(st.sampled_from(["cut", "put", "double", "line", "swap"]))
        lines = text.splitlines(keepends=True)
        if kind == "cut":
            text = text[:at] + text[to:]
        elif kind == "put":
            text = text[:at] + draw(st.sampled_from(SNIPPETS)) + text[at:]
        elif kind == "double":
            text = text[:to] + text[at:]
        elif lines:
            one = draw(st.integers(0, len(lines) - 1))
            two = draw(st.integers(0, len(lines) - 1))
            if kind == "line":
                del lines[one]
            else:
                lines[one], lines[two] = lines[two], lines[one]
            text = "".join(lines)
        files[name] = text
    return files
