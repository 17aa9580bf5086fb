"""The signature: what it protects, and what it is not talked into."""

import base64
import hashlib
import hmac
import json

import pytest

from workshop.progression.proofs import signing
from workshop.progression.proofs.signing import NotSigned

pytestmark = pytest.mark.once

ADDRESS = "https://butik.example/.well-known/jwks/bevis-0001.json"


@pytest.fixture(scope="module")
def private():
    return signing.new_private()


@pytest.fixture(scope="module")
def keys(private):
    return [signing.public_jwk(private)]


@pytest.fixture(scope="module")
def token(private):
    return signing.sign({"jti": "urn:uuid:1", "name": "Slibe træ: Kan selv"}, private_pem=private, kid=ADDRESS)


def part(token, place):
    raw = token.split(".")[place]
    return json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))


def encoded(said):
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def test_a_token_says_what_was_signed(token, keys):
    assert signing.verified(token, keys) == {"jti": "urn:uuid:1", "name": "Slibe træ: Kan selv"}
    assert signing.verified(f"  {token}\n", keys), "as a file with a line end"


def test_its_header_names_the_algorithm_and_the_key(token, keys):
    header = part(token, 0)
    assert (header["alg"], header["typ"], header["kid"]) == ("RS256", "JWT", ADDRESS)
    assert header["jwk"] == {name: keys[0][name] for name in ("e", "kty", "n")}


def test_a_public_key_has_nothing_private_in_it(keys):
    assert keys[0].keys() == {"kty", "n", "e", "alg", "use"}
    assert (keys[0]["kty"], keys[0]["e"]) == ("RSA", "AQAB")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_changed_token_does_not_hold(token, keys, place):
    parts = token.split(".")
    middle = len(parts[place]) // 2
    parts[place] = parts[place][:middle] + ("A" if parts[place][middle] != "A" else "B") + parts[place][middle + 1 :]
    with pytest.raises(NotSigned):
        signing.verified(".".join(parts), keys)


def test_somebody_elses_key_did_not_sign_it(token, keys):
    other = [signing.public_jwk(signing.new_private())]
    with pytest.raises(NotSigned, match="none of the keys"):
        signing.verified(token, other)
    with pytest.raises(NotSigned, match="none of the keys"):
        signing.verified(token, [])
    assert signing.verified(token, other + keys), "the right one among several is found"


def test_a_key_that_the_token_brings_along_is_not_believed(keys):
    forged = signing.sign({"name": "Alt"}, private_pem=signing.new_private(), kid=ADDRESS)
    with pytest.raises(NotSigned, match="none of the keys"):
        signing.verified(forged, keys)


def test_no_other_algorithm_is_read(token, keys):
    payload = token.split(".")[1]
    bare = f"{encoded({'alg': 'none'})}.{payload}."
    shared = f"{encoded({'alg': 'HS256'})}.{payload}"
    mac = hmac.new(keys[0]["n"].encode(), shared.encode(), hashlib.sha256).digest()
    for forged in (bare, f"{shared}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"):
        with pytest.raises(NotSigned, match="not RS256"):
            signing.verified(forged, keys)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "æ.ø.å", "W10.W10.AA", "not a token at all", "....", "{}"])
def test_what_is_no_token_is_told_apart(keys, text):
    with pytest.raises(NotSigned):
        signing.verified(text, keys)
    with pytest.raises(NotSigned):
        signing.payload_of(text)
