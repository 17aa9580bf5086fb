"""What anybody needs who checks a proof: public keys, and the numbers of those taken back. Nothing about people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from workshop.core import db, web
from workshop.core.access import public
from workshop.core.errors import NotHere
from workshop.progression.proofs import keys, queries
from workshop.progression.proofs.credential import TAKEN_BACK_AT, urn_of

KEPT_SECONDS = 3600
blueprint = Blueprint("proof_keys", __name__)


@blueprint.get(f"{keys.PUBLISHED_AT}.json")
@public
def jwks() -> Response:
    """Every key there has been, as a JSON Web Key Set."""
    with db.reading() as session:
        return _kept({"keys": keys.published(session, web.settings().base_url)})


@blueprint.get(f"{keys.PUBLISHED_AT}/<kid>.json")
@public
def one_key(kid: str) -> Response:
    """One key, under the address that tokens call it by."""
    base_url = web.settings().base_url
    with db.reading() as session:
        published = keys.published(session, base_url)
    found = next((each for each in published if each["kid"] == keys.address_of(kid, base_url)), None)
    if found is None:
        raise NotHere
    return _kept(found)


@blueprint.get(TAKEN_BACK_AT)
@public
def taken_back() -> Response:
    """The numbers of proofs that hold no more."""
    base_url = web.settings().base_url
    with db.reading() as session:
        rows = queries.taken_back(session)
    revoked = [{"id": urn_of(public_id), "revoked": True} for public_id, _at in rows]
    return _kept({"id": f"{base_url}{TAKEN_BACK_AT}", "issuer": base_url, "revokedCredentials": revoked})


def _kept(said: dict[str, Any]) -> Response:
    """An answer that may be kept for an hour, and read by pages of other sites: it is for everybody."""
    answer = jsonify(said)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
