"""The `textback` command. Every mistake of the user's ends in one line on stderr and exit code 2."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textback import __version__
from textback.cli.later import group, later
from textback.core.errors import TextbackError
from textback.core.text import MOST_PARTS, MOST_SEGMENTS

if TYPE_CHECKING:
    from textback.cli import (
        accounts,
        backup,
        chat,
        checks,
        db,
        dead,
        doctor,
        knowledge,
        matching,
        nlu,
        policy,
        privacy,
        serving,
        testing,
        versions,
    )
else:
    accounts, backup, chat, checks, db, dead = later("accounts", "backup", "chat", "checks", "db", "dead")
    doctor, knowledge, matching, nlu, policy = later("doctor", "knowledge", "matching", "nlu", "policy")
    privacy, serving, testing, versions = later("privacy", "serving", "testing", "versions")

app = typer.Typer(
    name="textback",
    help="The two-way SMS chatbot that you own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
apikeys = typer.Typer(help="Keys for other programs that use the HTTP API.", no_args_is_help=True)
users = typer.Typer(help="People who may sign in to the desk.", no_args_is_help=True)
app.add_typer(apikeys, name="apikey")
app.add_typer(users, name="user")
dead_letters = typer.Typer(help="Texts and arrivals that were given up, and rejected webhooks.", no_args_is_help=True)
app.add_typer(dead_letters, name="dead")
databases = typer.Typer(help="How the database keeps its tables.", no_args_is_help=True)
app.add_typer(databases, name="db")
policies = typer.Typer(help="What the gate says to texts, and why.", no_args_is_help=True)
app.add_typer(policies, name="policy")
understanding = typer.Typer(help="How well the classifier understands texts.", no_args_is_help=True)
app.add_typer(understanding, name="nlu")
app.add_typer(group("imports", "consents", "The ledger of consent: what proves who agreed to what."), name="consent")
app.add_typer(group("imports", "suppressions", "Numbers that nothing may be sent to."), name="suppressions")
app.add_typer(group("imports", "registry", "The national do-not-call registry."), name="dnc")
app.add_typer(group("imports", "deactivations", "Carriers' files of numbers that were given up."), name="deactivations")
app.add_typer(group("imports", "reassigned", "The database of reassigned numbers."), name="reassigned")
app.add_typer(group("lines", "lines", "Numbers: setting one up with its provider, and how each is."), name="lines")
app.add_typer(
    group("provider_templates", "templates", "Templates that a provider must approve, such as WhatsApp's."),
    name="templates",
)
known = typer.Typer(help="What a bot knows: its passages, and how well they answer.", no_args_is_help=True)
app.add_typer(known, name="knowledge")

Database = Annotated[
    str | None, typer.Option("--database", help="sqlite:///file.db or postgresql://user@host/name.", show_default=False)
]
BotDir = Annotated[Path, typer.Argument(help="The bot folder: bot.yml and flows/*.yml.")]


@app.command()
def serve(
    bot_dir: Annotated[Path | None, typer.Argument(help="The bot folder. Default: the bike shop example.")] = None,
    database: Database = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default=False)] = None,
    roles: Annotated[
        str | None,
        typer.Option(help="What it does, of accept,turn,deliver,tick,web. Default: everything.", show_default=False),
    ] = None,
) -> None:
    """Run the bot: webhooks, replies, the desk and the API."""
    serving.serve(bot_dir, database=database, host=host, port=port, roles=roles)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database.")] = Path("data"),
) -> None:
    """Try Textback with the bike shop example and a simulated phone. Prints an address and a one-time login."""
    serving.demo(port, folder)


@app.command("chat")
def chat_command(
    bot_dir: BotDir,
    actions: Annotated[
        bool, typer.Option("--actions", help="Perform actions; without it they are only played.", show_default=False)
    ] = False,
) -> None:
    """Talk to a bot in the terminal. Nothing is stored or sent."""
    chat.chat(bot_dir, actions=actions)


@app.command("check")
def check_command(
    bot_dir: BotDir,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.", show_default=False)] = False,
    segments: Annotated[
        int, typer.Option(min=1, max=10, help="Warn of texts that may take more segments than this.")
    ] = MOST_SEGMENTS,
    parts: Annotated[
        int, typer.Option(min=1, max=20, help="Refuse texts that may take more segments than this.")
    ] = MOST_PARTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Check a bot folder. Names file, line and fix; exits with 1 when there is an error."""
    raise typer.Exit(checks.check(bot_dir, strict=strict, most_segments=segments, most_parts=parts, as_json=as_json))


@app.command("test")
def rehearse_command(
    bot_dir: BotDir,
    only: Annotated[str, typer.Option(help="Only conversations with this in their name.")] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Write what is said now into the test files.", show_default=False)
    ] = False,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List the steps and branches that no conversation reached.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(help="Also write the outcome to this file as JUnit XML.", show_default=False)
    ] = None,
) -> None:
    """Play the conversations in tests/*.yml. Exits with 1 when one goes otherwise, 2 when a file is broken."""
    raise typer.Exit(testing.rehearse(bot_dir, update=update, junit=junit, coverage=coverage, only=only))


@app.command("match")
def match_command(
    type: Annotated[str, typer.Argument(help="A type of question: date, money, name ...")],  # noqa: A002 - as typed
    text: Annotated[str, typer.Argument(help="What the customer wrote.")],
    at: Annotated[str, typer.Option(help="When they wrote it, such as 2026-03-02T10:00. Default: now.")] = "",
    timezone: Annotated[str, typer.Option(help="The business's IANA time zone.")] = "UTC",
    country: Annotated[str, typer.Option(help="The business's country, such as US.")] = "",
    locale: Annotated[str, typer.Option(help="The business's language, such as en or es-MX.")] = "en",
    hours: Annotated[str, typer.Option(help="Opening hours, such as: mon-fri 9-18, sat 10-14")] = "",
    pattern: Annotated[str, typer.Option(help="For the type pattern: what the answer looks like.")] = "",
    inside: Annotated[
        bool, typer.Option("--find", help="Look inside a longer text, and be strict.", show_default=False)
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Show what a question of a type reads in a text. Exits with 1 when it reads nothing."""
    code = matching.match(
        type,
        text,
        at=at,
        timezone=timezone,
        country=country,
        locale=locale,
        hours=hours,
        pattern=pattern,
        inside=inside,
        as_json=as_json,
    )
    raise typer.Exit(code)


@app.command("publish")
def publish_command(
    bot_dir: BotDir,
    note: Annotated[str, typer.Option(help="What has changed, for those who read the list of versions.")] = "",
    database: Database = None,
) -> None:
    """Publish a bot folder as a new version, and print its number. Running servers begin new sessions with it."""
    raise typer.Exit(versions.publish(bot_dir, note, database))


@app.command("versions")
def versions_command(database: Database = None) -> None:
    """List the published versions, the newest first: number, time, who, flows, running sessions, note."""
    versions.list_versions(database)


@app.command("pull")
def pull_command(
    bot_dir: Annotated[Path, typer.Argument(help="The folder to write.")],
    version: Annotated[int | None, typer.Option(help="Which one. Default: the newest.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite files that differ.", show_default=False)] = False,
    database: Database = None,
) -> None:
    """Write a published version into a folder."""
    versions.pull(bot_dir, version, force, database)


@app.command("migrate-sessions")
def migrate_sessions_command(
    old: Annotated[int, typer.Option("--from", help="The version that they run.", show_default=False)],
    new: Annotated[int, typer.Option("--to", help="The version that they are to run.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list who would move.", show_default=False)] = False,
    database: Database = None,
) -> None:
    """Move running sessions to another version, step by id. Those whose step is not in it stay, and are listed."""
    versions.migrate_sessions(old, new, dry_run, database)


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write. It must not exist.")], database: Database = None
) -> None:
    """Copy a SQLite database while the server runs, and check the copy."""
    backup.back_up(file, database)


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that textback backup wrote.")], database: Database = None
) -> None:
    """Put a backup in the place of a SQLite database, while no server runs. The old database is kept."""
    backup.restore(file, database)


Who = Annotated[str, typer.Argument(help="A phone number, or a contact's id.", show_default=False)]


Merged = Annotated[
    bool, typer.Option("--merged", help="Also of the contacts that are merged with it.", show_default=False)
]


@app.command("erase")
def erase_command(
    who: Who,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what that would take away.", show_default=False)
    ] = False,
    merged: Merged = False,
    database: Database = None,
) -> None:
    """Erase all that is kept of a contact, for good. That they opted out stays. Exits with 1 when nothing is kept."""
    raise typer.Exit(privacy.erase_contact(who, dry_run, merged, database))


@app.command("access")
def access_command(
    who: Who,
    out: Annotated[Path, typer.Option(help="The folder to write, which must be empty or new.", show_default=False)],
    merged: Merged = False,
    database: Database = None,
) -> None:
    """Write all that is kept about a contact into a folder, as JSON and as a page. Exits with 1 when it is nothing."""
    raise typer.Exit(privacy.export(who, out, merged, database))


@app.command("requests")
def requests_command(database: Database = None) -> None:
    """List who asked for access or erasure, the newest first: id, time, kind, number, contact, by whom, outcome."""
    privacy.list_requests(database)


@app.command("retention")
def retention_command(database: Database = None) -> None:
    """Print how long each kind of data is kept, how much of it would go now, and when the last sweep was."""
    privacy.show_retention(database)


@app.command("doctor")
def doctor_command(
    bot_dir: Annotated[Path | None, typer.Argument(help="The bot folder. Default: the bike shop example.")] = None,
    database: Database = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the providers whether they accept the keys.", show_default=False)
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Look for what may keep a server from working, and say what to do. Changes nothing; exits with 1 on an error."""
    raise typer.Exit(doctor.doctor(bot_dir, database=database, online=online, as_json=as_json))


@app.command("classify")
def classify_command(
    bot_dir: Annotated[Path | None, typer.Argument(help="The bot folder. Default: the bike shop example.")] = None,
) -> None:
    """Read texts from standard input, one a line, and print for each what it means for consent and its intent."""
    nlu.classify(bot_dir)


@app.command("ask")
def ask_command(
    bot_dir: BotDir,
    question: Annotated[str, typer.Argument(help="What the customer asks.")],
    locale: Annotated[str, typer.Option(help="The customer's language, such as es.")] = "",
    top: Annotated[int, typer.Option(min=1, max=5, help="How many passages to show.")] = 3,
    lite: Annotated[bool, typer.Option("--lite", help="Do without the sentence encoder.", show_default=False)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Ask a bot's knowledge base, and show the answer, its confidence and the passages. Exits with 1 when unsure."""
    raise typer.Exit(knowledge.ask(bot_dir, question, locale=locale, top=top, lite=lite, as_json=as_json))


@known.command("crawl")
def knowledge_crawl(
    bot_dir: BotDir,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Read the websites of knowledge/urls.yml into knowledge/crawled/: all the first time, then what has changed."""
    raise typer.Exit(knowledge.crawl_sites(bot_dir, as_json=as_json))


@known.command("list")
def knowledge_list(
    bot_dir: BotDir,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """List the passages of a bot's knowledge base: name, place, language, date, and how each begins."""
    knowledge.list_passages(bot_dir, as_json=as_json)


@known.command("eval")
def knowledge_eval(
    bot_dir: BotDir,
    questions: Annotated[Path, typer.Option(help="CSV or JSONL of questions, each with the source that answers it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
    lite: Annotated[bool, typer.Option("--lite", help="Do without the sentence encoder.", show_default=False)] = False,
) -> None:
    """Ask questions whose sources are known, and print how well the base answers: by words, by meaning, and by both."""
    knowledge.evaluate(bot_dir, questions, as_json=as_json, lite=lite)


@understanding.command("eval")
def nlu_eval(
    train: Annotated[Path, typer.Option(help="JSONL to train with: text and label; label oos is out of scope.")],
    test: Annotated[Path, typer.Option(help="JSONL of the same form to score with.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
    lite: Annotated[bool, typer.Option("--lite", help="Do without the sentence encoder.", show_default=False)] = False,
) -> None:
    """Train the classifier with one file, try it on another, and print how well it did."""
    nlu.evaluate(train, test, as_json=as_json, lite=lite)


@policies.command("explain")
def policy_explain(
    to: Annotated[str, typer.Option(help="The contact's number.", show_default=False)],
    at: Annotated[
        str, typer.Option(help="When, such as 2026-11-22T07:30-08:00; without offset on their clock. Default: now.")
    ] = "",
    class_: Annotated[
        str, typer.Option("--class", help="conversational, informational or promotional.")
    ] = "promotional",
    line: Annotated[str, typer.Option(help="The line that it goes on, for its registration.")] = "",
    agreed: Annotated[bool, typer.Option("--agreed", help="They have agreed to such texts.")] = False,
    opted_out: Annotated[bool, typer.Option("--opted-out", help="They have opted out.")] = False,
    texted: Annotated[str, typer.Option(help="When they texted last. Default: never.")] = "",
    zone: Annotated[str, typer.Option(help="The time zone that they have named.")] = "",
    region: Annotated[str, typer.Option(help="The state that they live in, such as TX.")] = "",
    sent: Annotated[int, typer.Option(min=0, help="Promotional texts that they got in the last 24 hours.")] = 0,
    programme: Annotated[str, typer.Option(help="The programme that it belongs to. Default: all of the brand's.")] = "",
    of_programme: Annotated[
        int, typer.Option(min=0, help="Texts of the programme that they got in the period of its frequency.")
    ] = 0,
    bot_dir: Annotated[
        Path | None, typer.Option("--bot", help="The bot folder, for policy.yml and lines. Default: the example.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", show_default=False)] = False,
) -> None:
    """Say whether a text would go, wait or be refused, by which rule, and when. Exits with 1 unless it would go."""
    given = policy.Given(to, at, class_, line, agreed, opted_out, texted, zone, region, sent, programme, of_programme)
    raise typer.Exit(policy.explain(bot_dir, given, as_json=as_json))


@apikeys.command("add")
def apikey_add(
    name: Annotated[str, typer.Argument(help="What the key is for, for example: crm")],
    scope: Annotated[list[str] | None, typer.Option(help="What it is good for; several times.")] = None,
    line: Annotated[list[str] | None, typer.Option(help="A line that it is for; several times.")] = None,
    days: Annotated[int | None, typer.Option(help="For how many days it works. For good, if not given.")] = None,
    database: Database = None,
) -> None:
    """Make a key and print it once. Only its hash is kept. Without options it is good for everything."""
    accounts.add_api_key(name, database, scope or (), line or (), days)


@apikeys.command("list")
def apikey_list(database: Database = None) -> None:
    """List the keys by name."""
    accounts.list_api_keys(database)


@apikeys.command("rotate")
def apikey_rotate(
    name: Annotated[str, typer.Argument(help="The key's name.")],
    hours: Annotated[int, typer.Option(help="For how many hours the key as it was still works.")] = 24,
    database: Database = None,
) -> None:
    """Put a new key in the place of one and print it once."""
    accounts.rotate_api_key(name, hours, database)


@apikeys.command("revoke")
def apikey_revoke(name: Annotated[str, typer.Argument(help="The key's name.")], database: Database = None) -> None:
    """Revoke a key at once."""
    accounts.revoke_api_key(name, database)


@users.command("add")
def user_add(
    email: Annotated[str, typer.Argument(help="The address they sign in with.")],
    name: Annotated[str, typer.Option(help="The name that others see.")] = "",
    role: Annotated[str, typer.Option(help="owner, supervisor, agent, viewer or auditor.")] = "agent",
    database: Database = None,
) -> None:
    """Add a person and print a one-time login link."""
    accounts.add_user(email, name, role, database)


@users.command("link")
def user_link(email: Annotated[str, typer.Argument(help="The person's address.")], database: Database = None) -> None:
    """Print a new one-time login link for a person."""
    accounts.login_link(email, database)


OneLetter = Annotated[str, typer.Argument(help="Which one: its id in the list.")]
AllLetters = Annotated[bool, typer.Option("--all", help="Every one that nobody has dealt with.")]
AllOfLine = Annotated[str, typer.Option(help="With --all: only of this line.")]
AllOfKind = Annotated[str, typer.Option(help="With --all: only of this kind: send, arrival, job or webhook.")]


@dead_letters.command("list")
def dead_list(
    line: Annotated[str, typer.Option(help="Only of this line.")] = "",
    kind: Annotated[str, typer.Option(help="Only of this kind: send, arrival, job or webhook.")] = "",
    database: Database = None,
) -> None:
    """List what was given up or rejected and why, the oldest first: id, time, kind, line, who, reason, text."""
    dead.list_dead(line, kind, database)


@dead_letters.command("redrive")
def dead_redrive(
    letter: OneLetter = "",
    everything: AllLetters = False,
    line: AllOfLine = "",
    kind: AllOfKind = "",
    database: Database = None,
) -> None:
    """Send texts that were given up again, handle arrivals again, check webhooks again. Each can be redriven once."""
    dead.redrive_dead(letter, everything, line, kind, database)


@dead_letters.command("discard")
def dead_discard(
    letter: OneLetter = "",
    everything: AllLetters = False,
    line: AllOfLine = "",
    kind: AllOfKind = "",
    database: Database = None,
) -> None:
    """Throw away what is not to be tried again. The audit log says so."""
    dead.discard_dead(letter, everything, line, kind, database)


@databases.command("distribute")
def db_distribute(
    shards: Annotated[int, typer.Option(help="How many parts to spread the conversations in, at most 256.")] = 32,
    force: Annotated[
        bool, typer.Option("--force", help="Do not look whether a server is at work.", show_default=False)
    ] = False,
    database: Database = None,
) -> None:
    """Spread the tables of a PostgreSQL with the Citus extension over its servers, while no textback serve runs."""
    db.distribute_db(shards, force, database)


@databases.command("status")
def db_status(database: Database = None) -> None:
    """Print whether the tables are distributed, and how."""
    db.show(database)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"textback {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """The two-way SMS chatbot that you own."""


def main() -> None:
    """The entry point."""
    try:
        app()
    except TextbackError as error:
        print(f"textback: {error}", file=sys.stderr)
        sys.exit(2)
