"""Checking a proof at the command line: `vaerksted proof check bevis.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from workshop.core import clock, db
from workshop.core.web import settings as app_settings
from workshop.progression.proofs import credential, keys, queries, signing
from workshop.progression.proofs.signing import NotSigned


@dataclass(frozen=True, slots=True)
class Found:
    """What a proof says, once its signature held."""

    payload: dict[str, Any]
    wrong: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """What to tell whoever checks."""
        payload = self.payload
        return [
            f"Signed by {payload['issuer']['name']}, {payload['iss']}",
            f"{payload['name']}, agreed {payload['validFrom']}",
            f"Number {payload['jti']}",
        ]


def check(text: str, published: Sequence[Mapping[str, str]], taken_back: Sequence[str], name: str = "") -> Found:
    """Hold a proof against keys and the list of those taken back; with `name`, also against whom it is for.

    `text` is the JSON file or the bare token. Raises NotSigned where the signature does not hold, or the readable part
    of the file says something else than what was signed, or it is no proof at all.
    """
    said, token = _parts(text)
    payload = signing.verified(token, published)
    if said is not None and said != {each: payload[each] for each in payload if each not in credential.CLAIMS}:
        raise NotSigned("the readable part is not what was signed")
    if payload.get("type") != credential.TYPES or payload.get("@context") != credential.CONTEXTS:
        raise NotSigned("it is signed, but it is no proof of a competence")
    wrong = []
    if name and not credential.is_for(payload, name):
        wrong.append("It is not for that name.")
    if payload.get("jti") in taken_back:
        wrong.append("It was taken back.")
    return Found(payload, tuple(wrong))


def add_to(group: click.Group) -> None:
    """Put the commands about proofs into their group."""
    group.help = "Proofs of competences: check one, and change the key they are signed with."
    group.command("check")(_check_command)
    group.command("new-key")(_new_key_command)


@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="The name its holder says: is it theirs?")
@click.option(
    "--keys",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another issuer's jwks.json.",
)
def _check_command(file: Path, name: str, key_file: Path | None) -> None:
    """Check the signature of a proof, and whether it was taken back; ends with 1 where something is wrong."""
    with db.reading() as session:
        own = keys.published(session, app_settings().base_url)
        gone = [credential.urn_of(public_id) for public_id, _at in queries.taken_back(session)]
    published = json.loads(key_file.read_text())["keys"] if key_file else own
    try:
        found = check(file.read_text(), published, gone, name)
    except NotSigned as problem:
        click.echo(f"Not valid: {problem}.", err=True)
        raise SystemExit(1) from problem
    for line in (*found.lines, *found.wrong):
        click.echo(line)
    if found.wrong:
        raise SystemExit(1)
    click.echo("Valid.")


def _new_key_command() -> None:
    """Sign with a new key from now on. The old one stays published, so proofs that it signed can still be checked."""
    with db.transaction() as session:
        kid = keys.renew(session, app_settings().master_keys, clock.now())
    click.echo(f"Proofs are signed with {kid}.")


def _parts(text: str) -> tuple[dict[str, Any] | None, str]:
    """The readable part, where there is one, and the token."""
    if not text.lstrip().startswith("{"):
        return None, text
    try:
        said: dict[str, Any] = json.loads(text)
        token: str = said.pop("proof")[0]["jwt"]
    except (ValueError, KeyError, IndexError, TypeError) as wrong:
        raise NotSigned("the file has no signature") from wrong
    return said, token
