"""Keys that a form is given with its page, so that what two taps ask for is done once."""

import secrets


def fresh_request_key() -> str:
    return secrets.token_urlsafe(24)


def is_request_key(text: object) -> bool:
    """Whether it can be the key of one form: long enough that no two are alike."""
    return isinstance(text, str) and 16 <= len(text) <= 64 and text.isascii() and text.isprintable()
