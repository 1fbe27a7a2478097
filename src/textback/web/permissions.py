"""Who may do what: every permission and the roles that have it, in one table.

A route names a permission, a page asks `user.may(...)` before it shows a button, and both go by this table. What is not
in it is allowed to nobody.
"""

from types import MappingProxyType

ROLES = ("owner", "supervisor", "agent", "viewer", "auditor")
"""From the one who may do everything to those who only look. What each is for stands in docs/how-to/people.md."""

_ALL = frozenset(ROLES)
_OWNER = frozenset({"owner"})
_LEAD = frozenset({"owner", "supervisor"})
_TEAM = frozenset({"owner", "supervisor", "agent"})
_CHECK = frozenset({"owner", "auditor"})

PERMISSIONS = MappingProxyType({
    "own": _ALL,  # one's own account, language, sessions
    "conversations.read": _ALL,
    "conversations.answer": _TEAM,  # take, write, note, assign, snooze, complete
    "conversations.manage": _LEAD,  # for others
    "transcripts.export": frozenset({"owner", "supervisor", "auditor"}),
    "numbers.see": _TEAM,  # whole phone numbers and addresses; others see "(•••) •••-••64"
    "sensitive.reveal": frozenset({"owner", "supervisor", "agent", "auditor"}),  # what is masked, one by one, audited
    "files.see": _TEAM,  # pictures and files that contacts send, in which nothing can be masked
    "contacts.edit": _TEAM,
    "contacts.import": _LEAD,
    "contacts.export": _LEAD,
    "contacts.merge": _LEAD,
    "contacts.erase": _OWNER,
    "consent.record": _TEAM,
    "consent.prove": _CHECK,
    "replies.edit": _LEAD,  # saved replies that all use
    "routing.read": frozenset({"owner", "supervisor", "auditor"}),
    "routing.edit": _LEAD,  # queues, hand-over rules, service levels
    "reports.read": frozenset({"owner", "supervisor", "viewer", "auditor"}),
    "simulator": _TEAM,
    "flows.read": _ALL,
    "flows.try": _TEAM,
    "flows.edit": _OWNER,
    "templates.write": _TEAM,  # agents and supervisors only where TEMPLATE_EDITORS says so
    "templates.decide": _OWNER,
    "models": _OWNER,
    "lines": _OWNER,
    "compliance.read": frozenset({"owner", "supervisor", "auditor"}),
    "compliance.edit": _OWNER,
    "letters": _OWNER,  # what got stuck, of whichever line
    "people.read": frozenset({"owner", "supervisor", "auditor"}),
    "people.edit": _OWNER,
    "audit.read": _CHECK,
    "settings": _OWNER,
})  # fmt: skip

OPEN = frozenset({"public", "signed", "api", "visitor", "mailed"})
"""What a route names instead of a permission where no person signs in: anyone, a provider, a program with a key, a
visitor of a website that may show the web chat, whoever holds an address that a mail of ours has named."""


def allowed(role: str, permission: str) -> bool:
    """Whether people of this role have this permission; an unknown role has none, and nobody has an unknown one."""
    return role in PERMISSIONS.get(permission, ())


def permission_of(method: str, named: str) -> str:
    """The permission that a route of this method asks for. "agent" and "owner" are short for the usual ones. Raises
    KeyError for what is no permission."""
    if named == "agent":
        return "conversations.read" if method == "GET" else "conversations.answer"
    if named == "owner":
        return "settings"
    if named in PERMISSIONS or named in OPEN:
        return named
    raise KeyError(named)


def who_may(permission: str) -> str:
    """Who has a permission, in words: "an owner or supervisor"."""
    names = [role for role in ROLES if role in PERMISSIONS[permission]]
    first = f"an {names[0]}" if names[0][0] in "aeiou" else f"a {names[0]}"
    return " or ".join([", ".join([first, *names[1:-1]]), names[-1]]) if len(names) > 1 else first
