"""What every page needs: the database, the road, and what this server is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textback.core.text import MOST_PARTS
from textback.engine.bot import Bot
from textback.pipeline.checking import LedgerCheck
from textback.pipeline.line_checks import LineChecks
from textback.pipeline.road import Road
from textback.pipeline.simulating import Phones
from textback.pipeline.suggesting import Suggester
from textback.pipeline.training import Trainings
from textback.pipeline.uploads import Uploads
from textback.store.db import Db
from textback.web.mailer import Mailer


@dataclass(frozen=True, slots=True)
class LineInfo:
    """A line as pages name it."""

    name: str
    provider: str
    number: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Who may write named messages (owner, or agent too), whether a second person must approve them, and how many parts
    a text may have."""

    editors: str = "owner"
    approval: bool = False
    most_parts: int = MOST_PARTS


@dataclass(frozen=True, slots=True)
class Watch:
    """What the compliance page goes by: the shares of people who opt out and of texts that are filtered, in percent,
    above which it says so, and how many bytes a list of numbers may have."""

    opt_out_alert: float = 3.0
    most_upload: int = 200 * 2**20
    filtered_alert: float = 2.0


@dataclass(frozen=True, slots=True)
class WebContext:
    """`bot` gives the published bot; `public_url` is what providers call; `secure` says that people come over https;
    `uploads` reads in lists of numbers, `ledger_check` checks the ledger, `suggester` finds replies, `trainings` learn
    what programs bring; `most_requests` is how many a key may make in a minute, `undo` how long (ms) a person may
    take a text back; `phones` are the simulated ones, `mailer` sends letters to people who work here, where a mail
    server is set; `checks` test lines."""

    db: Db
    road: Road
    lines: Mapping[str, LineInfo]
    bot: Callable[[], Bot]
    workspace: str
    public_url: str
    secure: bool
    uploads: Uploads
    ledger_check: LedgerCheck
    suggester: Suggester
    trainings: Trainings
    most_requests: int = 0
    wording: Wording = Wording()
    watch: Watch = Watch()
    undo: int = 5_000
    phones: Phones | None = None
    mailer: Mailer | None = None
    checks: LineChecks | None = None
