"""Sealing: what a holder of the database alone cannot read. AES-256-GCM under keys that live outside it.

A text is bound to what it belongs to (`about`), so a sealed text moved to another row does not open. Each carries the
name of its key, so that the master key can be changed while old ones still open what they sealed.
"""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(Exception):  # noqa: N818 — what happened, in two words
    """The key is not ours, or the text was changed or moved."""


def new_key() -> bytes:
    """256 random bits."""
    return os.urandom(KEY_BYTES)


def key_of(text: str) -> bytes:
    """A key as it stands in a setting: 32 bytes in base64url. Raises ValueError for anything else."""
    key = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 32 bytes")
    return key


def as_setting(key: bytes) -> str:
    """A key as it is written into a setting."""
    return urlsafe_b64encode(key).decode().rstrip("=")


def name_of(key: bytes) -> str:
    """What a key is called in what it sealed: says nothing about the key itself."""
    return hashlib.sha256(b"name of a key:" + key).hexdigest()[:12]


def seal(key: bytes, text: str, about: str) -> str:
    """`text` so that only this key opens it, and only as what it is `about`: "totp_seed:12"."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), about.encode())
    return f"{name_of(key)}.{urlsafe_b64encode(nonce + sealed).decode()}"


def open_sealed(keys: Sequence[bytes], sealed: str, about: str) -> str:
    """What was sealed. Raises CannotOpen when none of the keys did it, or it was changed, or it is about another."""
    name, _dot, body = sealed.partition(".")
    for key in keys:
        if name_of(key) == name:
            try:
                raw = urlsafe_b64decode(body.encode())
                return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode()).decode()
            except (InvalidTag, ValueError) as wrong:  # ValueError: not even base64, or too short
                raise CannotOpen(about) from wrong
    raise CannotOpen(about)
