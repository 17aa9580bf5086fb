"""The pages about proofs: at the desk, on the tablet, on one's own phone, and those that everybody may read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from babel.dates import format_date
from flask import Flask
from flask.testing import FlaskClient
from support import people

from tests.workshop.progression import records
from tests.workshop.progression.proofs import rig
from tests.workshop.progression.scene import Scene, browser, colleague, kiosk, log, words
from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.access import PROOF_LASTS_READING, Role
from workshop.core.config import Settings
from workshop.progression.proofs import signing

YES = {"narrative": rig.SAID, "is_agreed": "y"}


def at(scene: Scene, *more: str) -> str:
    return "/".join([rig.ADDRESS.format(scene.id), *more])


def test_staff_make_a_proof_and_it_stands_on_the_list(desk: FlaskClient, scene: Scene) -> None:
    assert "Lav et bevis" in desk.get(at(scene)).text
    page = desk.get(at(scene, "nyt", scene.key))
    assert "Slibe træ: Kan med støtte" in words(page)
    assert "Sliber selv, når papiret er valgt." in words(page)
    assert desk.post(at(scene, "nyt", scene.key), data=YES).headers["Location"] == at(scene)
    after = desk.get(at(scene))
    assert rig.SAID in after.text
    assert "Der er et bevis." in after.text
    assert "Lav et bevis" not in after.text


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"is_agreed": "y"}, 422, "Skriv, hvad I har set."),
        ({"narrative": "x" * 401, "is_agreed": "y"}, 422, "400"),
        ({"narrative": rig.SAID}, 409, "Læs teksten sammen først"),
        ({"narrative": "Mona kan slibe.", "is_agreed": "y"}, 409, "Skriv uden navn"),
    ],
)
def test_what_lacks_something_is_said_and_kept(
    desk: FlaskClient, scene: Scene, sent: dict[str, str], status: int, sentence: str
) -> None:
    answer = desk.post(at(scene, "nyt", scene.key), data=sent)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Fejl: Lav et bevis" in answer.text
    assert sent.get("narrative", "") in answer.text
    assert rig.proofs() == []


def test_what_was_not_agreed_has_no_page(desk: FlaskClient, scene: Scene) -> None:
    with db.transaction() as session:
        other = records.competence(session, name="Male").key
    for key in (other, "findes-ikke"):
        assert desk.get(at(scene, "nyt", key)).status_code == 404
        assert desk.post(at(scene, "nyt", key), data=YES).status_code == 404


def test_a_proof_is_taken_back_and_handed_out_no_more(desk: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene).public_id
    assert desk.get(at(scene, made, "bevis.pdf")).status_code == 200
    assert desk.post(at(scene, made, "tag-tilbage")).status_code == 303
    assert "Taget tilbage" in desk.get(at(scene)).text
    assert desk.get(at(scene, made, "bevis.pdf")).status_code == 404
    assert desk.get(at(scene, made, "bevis.json")).status_code == 404


def test_the_paper_says_what_was_signed(desk: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene)
    answer = desk.get(at(scene, made.public_id, "bevis.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="bevis.pdf"'
    said = " ".join(rig.words_of(answer.data).split())
    agreed_on = format_date(clock.local_day(scene.now), "long", locale="da")
    for expected in ("Mona Prøvesen", "Slibe træ", "Kan med støtte", rig.SAID, agreed_on):
        assert expected in said, expected
    assert scene.id not in said
    assert made.public_id not in said


def test_what_was_written_is_text_on_paper_and_no_command(desk: FlaskClient, scene: Scene) -> None:
    hostile = 'Hun #panic("nej") $x^2$ \\ <b>*fed*</b> @ref #read("/etc/passwd")'
    made = rig.make(scene, narrative=hostile)
    said = rig.words_of(desk.get(at(scene, made.public_id, "bevis.pdf")).data)
    assert "".join(hostile.split()) in "".join(said.split())


@pytest.mark.parametrize("planted", ["slet ikke et bevis", "a.b.c", ""])
def test_what_was_changed_in_the_database_is_not_handed_out(desk: FlaskClient, scene: Scene, planted: str) -> None:
    made = rig.make(scene).public_id
    with db.transaction() as session:
        session.execute(sa.text("UPDATE proof SET signed = :planted"), {"planted": planted})
    for name in ("bevis.pdf", "bevis.json"):
        answer = desk.get(at(scene, made, name))
        assert answer.status_code == 409
        assert "passer ikke med underskriften" in answer.text
    assert desk.get(at(scene)).status_code == 200


def test_somebody_with_a_new_name_gets_a_paper_without_the_old_one(desk: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene)
    with db.transaction() as session:
        session.execute(sa.update(Citizen).values(full_name="Mona Andersen"))
    said = rig.words_of(desk.get(at(scene, made.public_id, "bevis.pdf")).data)
    assert [name for name in ("Prøvesen", "Andersen") if name in said] == [], (
        "only the name that was signed stands there"
    )


def test_the_file_can_be_read_and_its_signature_checked(desk: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene)
    answer = desk.get(at(scene, made.public_id, "bevis.json"))
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bevis.json"'
    said = json.loads(answer.data)
    token = said.pop("proof")[0]["jwt"]
    signed = signing.verified(token, rig.published())
    assert said == {name: signed[name] for name in signed if name not in ("iss", "jti", "nbf", "sub")}
    assert b"Mona" not in answer.data
    assert scene.id.encode() not in answer.data


def test_files_are_given_to_those_who_just_proved_who_they_are(desk: FlaskClient, scene: Scene, app: Flask) -> None:
    made = rig.make(scene).public_id
    with db.transaction() as session:
        session.execute(
            sa.text("UPDATE login_session SET proved_at = :at"),
            {"at": (clock.now() - PROOF_LASTS_READING - timedelta(minutes=1)).replace(tzinfo=None).isoformat(" ")},
        )
    for name in ("bevis.pdf", "bevis.json"):
        assert desk.get(at(scene, made, name)).headers["Location"].startswith("/personale/bekraeft")
    assert desk.get(at(scene)).status_code == 200


def test_reading_writing_and_handing_out_stand_in_the_log(desk: FlaskClient, scene: Scene) -> None:
    before = len(log())
    desk.get(at(scene))
    desk.post(at(scene, "nyt", scene.key), data=YES)
    made = rig.proofs()[0].public_id
    desk.get(at(scene, made, "bevis.pdf"))
    desk.get(at(scene, made, "bevis.json"))
    desk.post(at(scene, made, "tag-tilbage"))
    rows = log()[before:]
    assert [row.deed for row in rows] == ["read", "write", "export", "export", "write"]
    assert {tuple(row.people) for row in rows} == {(scene.id,)}


def test_a_colleague_elsewhere_meets_the_page_of_nobody(app: Flask, scene: Scene) -> None:
    made = rig.make(scene).public_id
    other = colleague(browser(app), at="metal")
    for path in ("", f"/nyt/{scene.key}", f"/{made}/bevis.pdf", f"/{made}/bevis.json"):
        assert other.get(at(scene) + path).status_code == 404
    assert other.post(at(scene, "nyt", scene.key), data=YES).status_code == 404
    assert other.post(at(scene, made, "tag-tilbage")).status_code == 404
    assert rig.proofs()[0].taken_back_at is None


def test_somebody_elses_proof_is_nobodys_here(desk: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene).public_id
    with db.transaction() as session:
        other = people.citizen(session, name="Aksel", contact=session.get_one(Staff, scene.lone)).public_id
    here = rig.ADDRESS.format(other)
    assert desk.get(f"{here}/{made}/bevis.pdf").status_code == 404
    assert desk.get(f"{here}/{made}/bevis.json").status_code == 404
    assert desk.post(f"{here}/{made}/tag-tilbage").status_code == 404


def test_a_manager_may_look_with_a_reason_and_make_nothing(app: Flask, scene: Scene) -> None:
    rig.make(scene)
    client = colleague(browser(app), roles=(Role.MANAGER,))
    assert rig.SAID not in client.get(at(scene)).text, "the page asks why first"
    client.post(f"/personale/borgere/{scene.id}/grund", data={"reason": "Klage fra borgeren"})
    assert rig.SAID in client.get(at(scene)).text
    assert client.get(at(scene, "nyt", scene.key)).status_code == 403
    assert client.post(at(scene, "nyt", scene.key), data=YES).status_code == 403


def test_the_tablet_shows_and_keeps_no_file(app: Flask, client: FlaskClient, scene: Scene) -> None:
    made = rig.make(scene).public_id
    kiosk(client, scene)
    page = client.get("/vaerksted/mine-beviser")
    assert rig.SAID in page.text
    assert "Spørg personalet" in page.text
    assert "bevis.pdf" not in page.text
    assert "bevis.json" not in page.text
    for name in ("bevis.pdf", "bevis.json"):
        answer = client.get(f"/vaerksted/mine-beviser/{made}/{name}")
        assert answer.status_code == 409
        assert "De printer den til dig" in answer.text
    assert log("export") == []


def test_an_own_phone_takes_the_proof_along(app: Flask, scene: Scene, settings: Settings) -> None:
    made = rig.make(scene).public_id
    phone = rig.own_phone(app, scene, settings, people.PIN)
    page = phone.get("/vaerksted/mine-beviser")
    assert f"/vaerksted/mine-beviser/{made}/bevis.pdf" in page.text
    paper = phone.get(f"/vaerksted/mine-beviser/{made}/bevis.pdf")
    assert "Mona Prøvesen" in rig.words_of(paper.data)
    file = phone.get(f"/vaerksted/mine-beviser/{made}/bevis.json")
    assert signing.verified(json.loads(file.data)["proof"][0]["jwt"], rig.published())
    assert {answer.headers["Cache-Control"] for answer in (page, paper, file)} == {"no-store"}
    assert [row.people for row in log("export")] == [[scene.id]] * 2
    assert phone.get(f"/vaerksted/mine-beviser/{'x' * 22}/bevis.pdf").status_code == 404


def test_my_own_list_is_empty_until_there_is_one_and_after_it_was_taken_back(client: FlaskClient, scene: Scene) -> None:
    kiosk(client, scene)
    assert "Her er tomt endnu" in client.get("/vaerksted/mine-beviser").text
    rig.make(scene)
    assert "Her er tomt endnu" not in client.get("/vaerksted/mine-beviser").text
    with db.transaction() as session:
        session.execute(sa.text("UPDATE proof SET taken_back_at = agreed_at"))
    assert rig.SAID not in client.get("/vaerksted/mine-beviser").text


# Everybody


def test_the_keys_are_for_everybody_and_may_be_kept(client: FlaskClient, scene: Scene) -> None:
    assert client.get("/.well-known/jwks.json").get_json() == {"keys": []}
    rig.make(scene)
    answer = client.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = answer.get_json()["keys"]
    assert key.keys() == {"kty", "n", "e", "alg", "use", "kid"}
    assert client.get("/" + key["kid"].split("/", 3)[3]).get_json() == key, "each lies where its name says"
    assert client.get("/.well-known/jwks/bevis-9999.json").status_code == 404


def test_everybody_may_see_which_numbers_hold_no_more_and_nothing_else(client: FlaskClient, scene: Scene) -> None:
    standing = rig.make(scene)
    assert client.get("/beviser/tilbagetaget.json").get_json()["revokedCredentials"] == []
    with db.transaction() as session:
        session.execute(sa.text("UPDATE proof SET taken_back_at = agreed_at"))
    answer = client.get("/beviser/tilbagetaget.json")
    number = signing.payload_of(standing.signed)["jti"]
    assert answer.get_json()["revokedCredentials"] == [{"id": number, "revoked": True}]
    assert not {"Mona", "Slibe", "2026"} & set(answer.text.split('"'))
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_number_of_queries_does_not_grow_with_the_proofs(desk: FlaskClient, scene: Scene) -> None:
    def asked() -> int:
        heard: list[object] = []
        listen = lambda *_args: heard.append(1)  # noqa: E731 — SQLAlchemy calls it by position
        for engine in db.engines():
            sa.event.listen(engine, "before_cursor_execute", listen)
        assert desk.get(at(scene)).status_code == 200
        for engine in db.engines():
            sa.event.remove(engine, "before_cursor_execute", listen)
        return len(heard)

    before = asked()
    with db.transaction() as session:
        lone, mona = session.get_one(Staff, scene.lone), session.get_one(Citizen, scene.mona)
        for number in range(4):
            shows = records.competence(session, name=f"Noget {number}")
            records.agreed(session, mona, shows, 1, by=lone, now=scene.now - timedelta(days=30 + number))
            scene.key = shows.key
            session.flush()
    for _each in range(2):
        rig.make(scene)
    assert asked() == before
