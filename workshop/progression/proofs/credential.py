"""What a proof says, in the shape of an Open Badges 3.0 credential. A pure function of what was agreed.

It names nobody: whoever holds it says their name, and the name is held against a salted hash. It carries the words of
the level and the narrative that was agreed for it, never a record, a note or the computed indication.
Source: Open Badges 3.0 (AchievementCredential, IdentityObject, VC-JWT), Verifiable Credentials Data Model 2.0.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
TAKEN_BACK_AT = "/beviser/tilbagetaget.json"
HASH = "sha256$"
CLAIMS = ("iss", "jti", "nbf", "sub")  # what a token says of itself, beside the credential


@dataclass(frozen=True, slots=True)
class Issuer:
    """The workshop that signs, as the world may know it."""

    address: str  # https://…, without a slash at the end
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What was agreed: a competence in its words of that day, a level 1 to 4, and the sentence both agreed on.

    `levels` are the names of levels 1 to 4 and `anchors` what each of them means.
    """

    key: str
    version: int
    name: str
    i_can: str
    levels: tuple[str, ...]
    anchors: tuple[str, ...]
    level: int
    narrative: str
    esco_uri: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom it is for: a name that is only hashed, with a salt of this very proof."""

    name: str
    salt: str


def credential(public_id: str, issuer: Issuer, holder: Holder, shown: Shown, agreed_at: datetime) -> dict[str, Any]:
    """The payload that is signed: the credential with the registered claims of a token beside it."""
    own_id = urn_of(public_id)
    subject = f"urn:uuid:{uuid5(UUID(own_id), 'whoever holds it')}"
    since = agreed_at.astimezone(UTC).replace(microsecond=0)
    return {
        "@context": CONTEXTS,
        "id": own_id,
        "type": TYPES,
        "name": f"{shown.name}: {shown.levels[shown.level - 1]}",
        "issuer": {
            "id": issuer.address,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.address,
            "email": issuer.email,
        },
        "validFrom": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": _subject(subject, issuer, holder, shown),
        "evidence": [{"type": ["Evidence"], "narrative": shown.narrative}],
        "credentialStatus": {"id": f"{issuer.address}{TAKEN_BACK_AT}", "type": "1EdTechRevocationList"},
        "iss": issuer.address,
        "jti": own_id,
        "nbf": int(since.timestamp()),
        "sub": subject,
    }


def urn_of(public_id: str) -> str:
    """The proof's own number, as others write it: the same 128 random bits."""
    return f"urn:uuid:{UUID(bytes=urlsafe_b64decode(public_id + '=='))}"


def identity_hash(name: str, salt: str) -> str:
    """The hash a name is held against: the name in one spelling, with the salt after it."""
    said = " ".join(unicodedata.normalize("NFC", name).split())
    return HASH + hashlib.sha256(f"{said}{salt}".encode()).hexdigest()


def is_for(payload: Mapping[str, Any], name: str) -> bool:
    """Whether the proof is for whoever has this name."""
    identity = payload["credentialSubject"]["identifier"][0]
    return hmac.compare_digest(identity["identityHash"], identity_hash(name, identity["salt"]))


def _subject(subject: str, issuer: Issuer, holder: Holder, shown: Shown) -> dict[str, Any]:
    achievement = f"urn:uuid:{uuid5(NAMESPACE_URL, f'{issuer.address}/{shown.key}/{shown.version}')}"
    levels = [f"{achievement}#{level}" for level in range(1, len(shown.levels) + 1)]
    return {
        "id": subject,
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(holder.name, holder.salt),
                "identityType": "name",
                "salt": holder.salt,
            }
        ],
        "achievement": {
            "id": achievement,
            "type": ["Achievement"],
            "achievementType": "Competency",
            "inLanguage": "da",
            "name": shown.name,
            "description": shown.i_can,
            "criteria": {"narrative": shown.anchors[shown.level - 1]},
            "resultDescription": [
                {
                    "id": f"{achievement}#niveau",
                    "type": ["ResultDescription"],
                    "name": "Niveau",
                    "resultType": "RubricCriterionLevel",
                    "rubricCriterionLevel": [
                        {"id": own, "type": ["RubricCriterionLevel"], "name": name, "description": anchor, "level": at}
                        for at, (own, name, anchor) in _numbered(levels, shown)
                    ],
                }
            ],
            **_alignment(shown),
        },
        "result": [
            {
                "type": ["Result"],
                "resultDescription": f"{achievement}#niveau",
                "achievedLevel": levels[shown.level - 1],
            }
        ],
    }


def _numbered(levels: list[str], shown: Shown) -> list[tuple[str, tuple[str, str, str]]]:
    rows = zip(levels, shown.levels, shown.anchors, strict=True)
    return [(str(number), row) for number, row in enumerate(rows, start=1)]


def _alignment(shown: Shown) -> dict[str, Any]:
    if not shown.esco_uri:
        return {}
    target = {"targetName": shown.name, "targetUrl": shown.esco_uri, "targetFramework": "ESCO"}
    return {"alignment": [{"type": ["Alignment"], **target}]}
