"""How a text may look when it is sent: its longest way through, with a sample in the place of every value."""

from collections.abc import Callable, Iterable

from jinja2 import Environment, nodes

from textback.engine.template import is_template

Sample = Callable[[str, str], str]
"""A likely value: of a variable, or of a field of `contact` or `bot` (name, field)."""

_parser = Environment(autoescape=True)  # only parses: nothing is ever rendered with it


def longest(source: str, sample: Sample) -> str:
    """The text with samples in it; of the ways that an `if` has, the longest. The template must be a valid one."""
    return _text(_parser.parse(source), sample).strip() if is_template(source) else source


def _text(node: nodes.Node, sample: Sample) -> str:
    match node:
        case nodes.TemplateData():
            return node.data
        case nodes.Const():
            return str(node.value)
        case nodes.Name():
            return sample(node.name, "")
        case nodes.Getattr(node=nodes.Name() as holder):
            return sample(holder.name, node.attr)
        case nodes.If():
            ways = [_all(node.body, sample), *(_text(one, sample) for one in node.elif_), _all(node.else_, sample)]
            return max(ways, key=len)
        case nodes.CondExpr():
            ways = [_text(one, sample) for one in (node.expr1, node.expr2) if one is not None]
            return max(ways, key=len)
        case nodes.Call():  # link(), the only one there is
            return sample("link", _text(node.args[0], sample))
        case nodes.Filter():
            return _text(node.node, sample) if node.node is not None else ""
        case nodes.Compare() | nodes.Test() | nodes.Not():
            return "yes"
    return _all(node.iter_child_nodes(), sample)


def _all(children: Iterable[nodes.Node], sample: Sample) -> str:
    return "".join(_text(child, sample) for child in children)
