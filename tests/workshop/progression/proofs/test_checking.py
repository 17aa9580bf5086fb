"""Checking a proof at the command line, as an employer's helper would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.workshop.progression.proofs import rig
from tests.workshop.progression.scene import Scene
from workshop.core import db
from workshop.core.config import Settings
from workshop.progression.proofs import checking, paper, signing
from workshop.progression.proofs.signing import NotSigned


def run(app: Flask, *words: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["proof", *words])
    return answer.exit_code, answer.output


@pytest.fixture
def file(scene: Scene, tmp_path: Path) -> Path:
    made = tmp_path / "bevis.json"
    made.write_bytes(paper.as_file(rig.make(scene).signed))
    return made


def test_a_proof_of_ours_is_valid(app: Flask, file: Path) -> None:
    code, said = run(app, "check", str(file))
    assert code == 0, said
    assert "Slibe træ: Kan med støtte" in said
    assert said.endswith("Valid.\n")
    assert "Mona" not in said


def test_the_bare_token_is_valid_too(app: Flask, file: Path) -> None:
    file.write_text(json.loads(file.read_text())["proof"][0]["jwt"])
    assert run(app, "check", str(file))[0] == 0


@pytest.mark.parametrize(("name", "code"), [("Mona Prøvesen", 0), ("Karen Prøvesen", 1)])
def test_it_is_held_against_the_name_its_holder_says(app: Flask, file: Path, name: str, code: int) -> None:
    assert run(app, "check", str(file), "--name", name)[0] == code


def test_a_file_that_says_more_than_was_signed_is_not_valid(app: Flask, file: Path) -> None:
    said = json.loads(file.read_text())
    said["name"] = "Slibe træ: Kan selv"
    file.write_text(json.dumps(said))
    code, answer = run(app, "check", str(file))
    assert (code, "the readable part is not what was signed" in answer) == (1, True)


@pytest.mark.parametrize("text", ["{}", "{", '{"proof": []}', '{"proof": [{"jwt": "a.b.c"}]}', "hej", ""])
def test_what_is_no_proof_is_told_in_a_sentence(app: Flask, file: Path, text: str) -> None:
    file.write_text(text)
    code, answer = run(app, "check", str(file))
    assert code == 1
    assert answer.startswith("Not valid:")
    assert "Traceback" not in answer


def test_one_taken_back_is_said_to_be(app: Flask, file: Path) -> None:
    with db.transaction() as session:
        session.execute(sa.text("UPDATE proof SET taken_back_at = agreed_at"))
    code, answer = run(app, "check", str(file))
    assert (code, "It was taken back." in answer) == (1, True)


def test_it_can_be_checked_with_nothing_but_the_published_keys(
    app: Flask, file: Path, tmp_path: Path, settings: Settings
) -> None:
    jwks = tmp_path / "jwks.json"
    jwks.write_bytes(app.test_client().get("/.well-known/jwks.json").data)
    with db.transaction() as session:
        session.execute(sa.text("DELETE FROM proof"))
        session.execute(sa.text("DELETE FROM signing_key"))
    assert run(app, "check", str(file))[0] == 1, "the control: this house no longer knows the key"
    assert run(app, "check", str(file), "--keys", str(jwks))[0] == 0


def test_after_a_new_key_older_proofs_are_still_valid(app: Flask, file: Path) -> None:
    code, said = run(app, "new-key")
    assert (code, "bevis-0002" in said) == (0, True)
    assert run(app, "check", str(file))[0] == 0


def test_something_else_we_signed_is_no_proof(scene: Scene) -> None:
    private = signing.new_private()
    token = signing.sign({"type": ["VerifiableCredential"], "jti": "1"}, private_pem=private, kid="k")
    with pytest.raises(NotSigned, match="no proof of a competence"):
        checking.check(token, [signing.public_jwk(private)], [])
