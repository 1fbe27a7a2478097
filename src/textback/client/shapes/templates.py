"""What the API says of templates. `make api` writes it; it is not to be edited."""

import msgspec


class VariableInfo(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A variable of a template: its type, what that takes, and whether it may be left out."""

    name: str
    type: str
    takes: str
    required: bool


class TemplateInfo(msgspec.Struct, kw_only=True, omit_defaults=True, rename={"class_": "class"}):
    """A template that is live."""

    name: str
    class_: str
    use_case: str
    sender: str
    locales: list[str]
    variables: list[VariableInfo]


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
    texts: list[TemplateText]
    media: list[str]
    quick: list[str]
    version: int
