"""Time-based codes (RFC 6238) as authenticator apps show them: six digits, a new one every 30 seconds."""

from datetime import datetime
from hmac import compare_digest

import pyotp

STEP_SECONDS = 30
DIGITS = 6
_TOLERATED = (0, -1, 1)
"""Steps beside the present one whose code is taken: people type slowly, and clocks are a little off."""
_LOOKED_AT = 20
"""Steps to either side within which a wrong clock is recognised: ten minutes."""


def new_secret() -> str:
    """A secret for an app, in base32: 160 bits, as the standard recommends."""
    return pyotp.random_base32()


def address(secret: str, account: str, portal: str) -> str:
    """The `otpauth://` address that an app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=portal)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, counted from 1970, when it may be used now; else None."""
    return next((step for step in _around(now, _TOLERATED) if _is_code(secret, code, step)), None)


def minutes_off(secret: str, code: str, now: datetime) -> int | None:
    """By how many minutes the clock that made the code is off, at least 1; positive when it runs ahead.

    None when the code is from no time near.
    """
    offsets = sorted(range(-_LOOKED_AT, _LOOKED_AT + 1), key=abs)
    for offset, step in zip(offsets, _around(now, offsets), strict=True):
        if _is_code(secret, code, step):
            minutes = max(1, round(abs(offset) * STEP_SECONDS / 60))
            return minutes if offset > 0 else -minutes
    return None


def _around(now: datetime, offsets: tuple[int, ...] | list[int]) -> list[int]:
    present = int(now.timestamp()) // STEP_SECONDS
    return [present + offset for offset in offsets]


def _is_code(secret: str, code: str, step: int) -> bool:
    # By bytes: what somebody typed may hold characters that compare_digest refuses in text.
    return compare_digest(pyotp.HOTP(secret).at(step).encode(), code.encode())
