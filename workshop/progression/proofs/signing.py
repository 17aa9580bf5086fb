"""Signing a proof and checking one: JSON Web Signatures with RS256, as Open Badges 3.0 asks. No session, no web.

Only the algorithm we use ourselves is read, and a key is never taken from the token it is to check.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ALGORITHM = "RS256"
KEY_BITS = 2048
EXPONENT = 65537


class NotSigned(Exception):  # noqa: N818 — what happened, in two words
    """The text is no token, was changed, or was signed with a key that is not among those asked about."""


def new_private() -> str:
    """A new private key as PEM; it is sealed before it is kept."""
    made = rsa.generate_private_key(public_exponent=EXPONENT, key_size=KEY_BITS)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_jwk(private_pem: str) -> dict[str, str]:
    """The public half as a JSON Web Key, without a name."""
    numbers = _private(private_pem).public_key().public_numbers()
    return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e), "alg": ALGORITHM, "use": "sig"}


def sign(payload: Mapping[str, Any], *, private_pem: str, kid: str) -> str:
    """The payload as a signed token: three parts with dots between. `kid` is the address of the public key."""
    jwk = public_jwk(private_pem)
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": kid, "jwk": {name: jwk[name] for name in ("e", "kty", "n")}}
    said = f"{_part(header)}.{_part(payload)}"
    signature = _private(private_pem).sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{said}.{_as_text(signature)}"


def verified(token: str, keys: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What a token says, when one of these public keys signed it. Raises NotSigned."""
    said, _dot, signature = token.strip().rpartition(".")
    header = _object(said.partition(".")[0])
    if header.get("alg") != ALGORITHM:
        raise NotSigned(f"signed with {header.get('alg')!r}, not {ALGORITHM}")
    raw = _bytes(signature)
    if not any(_did_sign(key, said, raw) for key in keys):
        raise NotSigned("none of the keys signed it")
    return payload_of(token)


def payload_of(token: str) -> dict[str, Any]:
    """What a token says, whoever signed it: for tokens of our own. Raises NotSigned for what is no token."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise NotSigned("not a token of three parts")
    return _object(parts[1])


def _did_sign(key: Mapping[str, str], said: str, signature: bytes) -> bool:
    numbers = rsa.RSAPublicNumbers(*(int.from_bytes(_bytes(key[name])) for name in ("e", "n")))
    try:
        numbers.public_key().verify(signature, said.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _private(private_pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"proofs are signed with RSA, not with {type(key).__name__}")
    return key


def _number(number: int) -> str:
    return _as_text(number.to_bytes((number.bit_length() + 7) // 8))


def _part(said: Mapping[str, Any]) -> str:
    return _as_text(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def _as_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part.encode() + b"=" * (-len(part) % 4))
    except ValueError as wrong:
        raise NotSigned("not base64url") from wrong


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except ValueError as wrong:  # neither JSON nor UTF-8
        raise NotSigned("not JSON") from wrong
    if not isinstance(found, dict):
        raise NotSigned("not a JSON object")
    return found
