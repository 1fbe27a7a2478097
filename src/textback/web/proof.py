"""The proof of a contact's consent as one page that needs nothing else: for a lawyer, or the contact (K8, P6)."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from textback.core.messages import CONSENT_WORDS
from textback.core.phone import pretty
from textback.core.when import to_iso
from textback.store.proof import Proof

TYPES = {
    "opt_in": "Opted in",
    "confirm": "Confirmed by their answer",
    "opt_out": "Opted out",
    "re_opt_in": "Opted in again",
    "import": "Imported",
    "expire": "Not confirmed in time",
    "erase": "Personal data erased",
}
STATES = {
    "pending": "asked, not answered yet",
    "unproven": "claimed, without evidence",
    "agreed": "agreed",
    "revoked": "ended",
}

_templates = Environment(
    loader=PackageLoader("textback.web", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(pretty=pretty, when=lambda ms: to_iso(ms).replace("T", " ").replace("Z", " UTC"))


def proof_page(proof: Proof, brand: str) -> str:
    """The page. Whatever people wrote is shown as they wrote it, and never as markup."""
    return _templates.get_template("proof.html").render(
        proof=proof, brand=brand, types=TYPES, states=STATES, said=CONSENT_WORDS
    )
