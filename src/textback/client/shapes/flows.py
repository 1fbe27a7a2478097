"""What the API says of flows. `make api` writes it; it is not to be edited."""

import msgspec


class FlowInfo(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A flow of the live version: the keywords, example phrases and the event that start it, and of which class its
    texts are where the event does."""

    name: str
    label: str
    keywords: list[str]
    examples: list[str]
    event: str
    class_: str
    step_count: int
    version: int


class StepCount(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How many sessions of a version stand at a step."""

    version: int
    step: str
    sessions: int


class StepInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A step: its kind, the variable that its answer becomes, what it says by locale as the author wrote it, and the
    steps that may follow."""

    id: str
    kind: str
    variable: str
    texts: dict[str, str]
    choices: list[str]
    following: list[str]


class FlowDetail(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A flow of the live version with its steps in order, its variables, which of those are sensitive, and where
    sessions stand in it, in older versions too."""

    name: str
    label: str
    keywords: list[str]
    examples: list[str]
    event: str
    class_: str
    step_count: int
    version: int
    steps: list[StepInfo]
    variables: list[str]
    sensitive: list[str]
    running: list[StepCount]


class VersionInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A published version of the bot. `source` says where it came from: serve, folder, desk or api."""

    version: int
    live: bool
    source: str
    published_by: str
    note: str
    created_at: str
