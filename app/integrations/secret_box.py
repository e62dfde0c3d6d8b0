"""The ring of keys that secrets are sealed with: the first seals, every one opens."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.ports import SecretUnreadable

_PURPOSE = b"portico secret box"


class KeyRing:
    """A `ports.SecretBox`. What is given are words of any form; the keys are derived from them."""

    def __init__(self, words: Sequence[str]) -> None:
        self._ring = MultiFernet([Fernet(_key(word)) for word in words])

    def seal(self, secret: str) -> str:
        return self._ring.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._ring.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error

    def reseal(self, sealed: str) -> str:
        try:
            return self._ring.rotate(sealed.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable from error


def _key(word: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(word.encode())
    return base64.urlsafe_b64encode(derived)
