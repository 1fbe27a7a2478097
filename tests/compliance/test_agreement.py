"""Which agreement lets a text go (K6)."""

import pytest

from textback.compliance.agreement import Agreement, agreed


@pytest.mark.parametrize(
    ("programme", "agreed_to", "state", "expires_at", "asked", "goes"),
    [
        ("", "promotional", "agreed", None, "promotional", True),
        ("", "promotional", "agreed", None, "informational", True),
        ("", "informational", "agreed", None, "promotional", False),
        ("news", "promotional", "agreed", None, "promotional", False),
        ("offers", "promotional", "agreed", None, "promotional", True),
        ("", "promotional", "pending", None, "promotional", False),
        ("", "promotional", "unproven", None, "informational", False),
        ("", "promotional", "revoked", None, "promotional", False),
        ("", "promotional", "agreed", 1_000, "promotional", False),
        ("", "promotional", "agreed", 1_001, "promotional", True),
    ],
)
def test_consent_never_widens_by_itself(
    programme: str, agreed_to: str, state: str, expires_at: int | None, asked: str, goes: bool
) -> None:
    one = Agreement("phone", programme, agreed_to, state, 1, "e1", expires_at)  # type: ignore[arg-type]
    assert (agreed([one], "phone", asked, "offers", now=1_000) is one) is goes
    assert agreed([one], "email", asked, "offers", now=1_000) is None
