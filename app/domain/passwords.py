"""Passwords: how they are kept, how one is compared without telling anything, and which new ones are refused."""

import base64
import secrets
import string
import unicodedata
from enum import StrEnum
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kernel.errors import Refusal

SHORTEST = 10
LONGEST = 200

# OWASP's choice for Argon2id with the least memory: 19 MiB and about 20 ms per try on one core.
_TIME_COST, _MEMORY_KIB, _LANES = 2, 19 * 1024, 1
_HASHER = PasswordHasher(time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_LANES)
_TRIMMINGS = string.digits + string.punctuation
_SHORTEST_WORD = 6
_LONGEST_UNIT = 4
_COMMON = Path(__file__).with_name("common_passwords.txt")


class Weakness(StrEnum):
    """What is wrong with a new password."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    IS_EMAIL = "is_email"
    COMMON = "common"


class PasswordRefused(Refusal):
    """A new password that is too easy to guess, or too long to hash."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


class WrongPassword(Refusal):
    """The password that was asked for as proof is not this person's."""


def check_new(password: str, email: str) -> None:
    """Raise PasswordRefused unless the password may be this person's."""
    if len(password) < SHORTEST:
        raise PasswordRefused(Weakness.TOO_SHORT)
    if len(password) > LONGEST:
        raise PasswordRefused(Weakness.TOO_LONG)
    guess = password.casefold()
    if guess in {email.casefold(), email.casefold().partition("@")[0]}:
        raise PasswordRefused(Weakness.IS_EMAIL)
    if guess in _common() or guess.strip(_TRIMMINGS) in _worn_words() or _repeats(guess):
        raise PasswordRefused(Weakness.COMMON)


def hashed(password: str) -> str:
    """The password as it is stored. Takes about 20 ms: never call it while holding a write lock."""
    return _HASHER.hash(_one_spelling(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one behind the hash.

    Without a hash the answer is no, after the same work: the time must not tell who has an account.
    """
    try:
        _HASHER.verify(password_hash or _decoy(), _one_spelling(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than new ones are."""
    return _HASHER.check_needs_rehash(password_hash)


def _one_spelling(password: str) -> str:
    """An accent may be typed as one character or two, depending on the keyboard."""
    return unicodedata.normalize("NFKC", password)


@cache
def _decoy() -> str:
    """A hash of nothing, in the shape and with the cost of a real one; no password leads to it."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_TIME_COST},p={_LANES}${salt}${digest}"


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@cache
def _worn_words() -> frozenset[str]:
    """The words inside of the common ones: a year or an exclamation mark around one of them hides nothing."""
    words = (each.strip(_TRIMMINGS) for each in _common())
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)


def _repeats(guess: str) -> bool:
    """Whether it is up to four characters, again and again."""
    return (guess + guess).index(guess, 1) <= _LONGEST_UNIT
