"""A proof to take along: on paper for people, as a file for programs. Both say what was signed, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.dates import format_date

from workshop.core import clock, identity
from workshop.core.i18n import _, in_danish
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.progression.proofs import credential, signing

_SOURCE = Path(__file__).with_name("proof.typ")


def as_pdf(token: str, name: str) -> bytes:
    """The proof on A4, with the holder's name where it is still the one that was signed."""
    with in_danish():
        return typeset(_SOURCE, _on_paper(signing.payload_of(token), name), "pdf")


def as_file(token: str) -> bytes:
    """The proof as JSON: the credential to be read, with the token that was signed as its proof."""
    said = {name: value for name, value in signing.payload_of(token).items() if name not in credential.CLAIMS}
    signed = {**said, "proof": [{"type": "JwtProof2020", "jwt": token}]}
    return json.dumps(signed, ensure_ascii=False, indent=2).encode()


def _on_paper(said: dict[str, Any], name: str) -> dict[str, Any]:
    subject, house = said["credentialSubject"], identity.current()
    achievement = subject["achievement"]
    levels = achievement["resultDescription"][0]["rubricCriterionLevel"]
    level = next(each for each in levels if each["id"] == subject["result"][0]["achievedLevel"])
    agreed_on = clock.local_day(datetime.fromtimestamp(said["nbf"], tz=UTC))
    return {
        "title": _("Bevis"),
        "name": printable(name) if credential.is_for(said, name) else "",
        "competence": printable(achievement["name"]),
        "level": level["name"],
        "anchor": printable(level["description"]),
        "heading": _("Det har vi set"),
        "narrative": printable(said["evidence"][0]["narrative"]),
        "agreed": _(
            "Aftalt sammen og underskrevet %(day)s af %(house)s.",
            day=format_date(agreed_on, "long", locale="da"),
            house=printable(said["issuer"]["name"]),
        ),
        "scale_heading": _("Trinene"),
        "scale": [each["name"] for each in levels],
        "check_heading": _("Sådan kan andre se, at det er ægte"),
        "check": [
            _("Beviset findes også som en fil, bevis.json. Den er underskrevet, så ingen kan rette i den."),
            _("Nøglen til underskriften: %(address)s", address=f"{said['iss']}/.well-known/jwks.json"),
            _("Bevisets nummer: %(number)s", number=said["jti"].removeprefix("urn:uuid:")),
        ],
        "from": printable(f"{house.name}, {house.address}, {house.postcode} {house.town}, {house.phone}"),
    }
