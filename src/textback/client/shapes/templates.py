"""What the API says of templates. `make api` writes it; it is not to be edited."""

import msgspec


class ProviderState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How a template stands in one language with the provider of a line that must approve it. `status` is their word
    and `reason` why it refused it; `goes` says whether a text by the bot's template goes as it, and `why_not`
    what keeps it from that, in a sentence. `read_at` is when the provider's list was last read."""

    line: str
    provider: str
    language: str
    state: str
    status: str
    reason: str
    goes: bool
    why_not: str
    read_at: str


class VariableInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A variable of a template: its type, what that takes, and whether it may be left out."""

    name: str
    type: str
    takes: str
    required: bool


class TemplateInfo(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A template that is live. `providers` has how it stands on each line whose provider must approve it."""

    name: str
    class_: str
    use_case: str
    sender: str
    locales: list[str]
    variables: list[VariableInfo]
    providers: list[ProviderState]


class TemplateText(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A template's text in one locale: as it is written, with sample values, and how long it is with them."""

    locale: str
    text: str
    preview: str
    encoding: str
    segments: int


class TemplateDetail(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A template that is live, with its texts."""

    name: str
    class_: str
    use_case: str
    sender: str
    locales: list[str]
    variables: list[VariableInfo]
    providers: list[ProviderState]
    texts: list[TemplateText]
    media: list[str]
    quick: list[str]
    version: int
