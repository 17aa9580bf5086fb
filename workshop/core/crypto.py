"""Tokens, passwords and PINs. What is kept is never enough to sign in with."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

STRONG = PasswordHasher()
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tests and demo data only


def new_public_id() -> str:
    """A random id for an address: 128 bits, 22 characters."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """A secret for a link or cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random and long, so one pass of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_pin() -> str:
    """Four random digits; never chosen by a person."""
    return f"{secrets.randbelow(10_000):04d}"


def hash_secret(secret: str, *, pepper: str = "", cheap: bool = False) -> str:
    """An argon2 hash of a password, or of a PIN peppered with a key that is not in the database."""
    hasher = CHEAP if cheap else STRONG
    return hasher.hash(_peppered(secret, pepper))


def secret_matches(kept: str, secret: str, *, pepper: str = "") -> bool:
    """Whether this is the password or PIN that was hashed."""
    try:
        return STRONG.verify(kept, _peppered(secret, pepper))
    except (VerifyMismatchError, InvalidHashError):
        return False


def _peppered(secret: str, pepper: str) -> str:
    if not pepper:
        return secret
    return hmac.new(pepper.encode(), secret.encode(), hashlib.sha256).hexdigest()
