"""Making a proof with its citizen: what it takes, what it holds, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.workshop.accounts.people.racers import race
from tests.workshop.progression import records
from tests.workshop.progression.proofs import racers, rig
from tests.workshop.progression.scene import Scene
from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.core import db, i18n, vault
from workshop.core.errors import NotHere, Refusal
from workshop.progression.models import AdoptedLevel
from workshop.progression.proofs import actions, credential, keys, queries, signing
from workshop.progression.proofs.models import Proof, SigningKey
from workshop.sealed import keys as sealing

NEW = bytes(range(1, 33))
RACERS = 6


def test_a_proof_says_what_was_agreed_and_nothing_from_the_records(scene: Scene) -> None:
    made = rig.make(scene)
    said = signing.verified(made.signed, rig.published())
    assert said["name"] == "Slibe træ: Kan med støtte"
    assert said["credentialSubject"]["achievement"]["criteria"]["narrative"] == "Sliber selv, når papiret er valgt."
    assert said["evidence"][0]["narrative"] == rig.SAID
    assert credential.is_for(said, "Mona Prøvesen")
    for never in ("Mona", "Gik selv i gang", "Slib bænken", scene.id, "Set."):
        assert never not in f"{made.signed} {said}", never


def test_it_is_in_danish_whoever_makes_it(scene: Scene) -> None:
    other = i18n.languages()[-1]
    i18n.use_language(other)
    try:
        made = rig.make(scene)
        assert i18n.language() == other, "and the page goes on as it was"
    finally:
        i18n.use_language("da")
    assert signing.payload_of(made.signed)["name"] == "Slibe træ: Kan med støtte"


def test_without_the_citizens_yes_there_is_none(scene: Scene) -> None:
    with pytest.raises(Refusal, match="Læs teksten sammen"):
        rig.make(scene, is_agreed=False)
    assert rig.proofs() == []


@pytest.mark.parametrize(
    "words", ["Mona sliber selv.", "mona sliber", "Hos Prøvesen går det godt.", "Det er Monas bænk."]
)
def test_the_words_do_not_name_the_citizen(scene: Scene, words: str) -> None:
    with pytest.raises(Refusal, match="uden navn"):
        rig.make(scene, narrative=words)
    assert rig.make(scene, narrative="Monark og prøvesten er andre ord."), (
        "the control: a name within a word is no name"
    )


def test_what_was_never_agreed_cannot_be_proven(scene: Scene) -> None:
    with db.transaction() as session:
        other = records.competence(session, name="Male").key
    scene.key = other
    with pytest.raises(NotHere):
        rig.make(scene)


def test_not_seen_yet_is_nothing_to_prove(scene: Scene) -> None:
    with db.transaction() as session:
        session.execute(sa.update(AdoptedLevel).values(level=0))
    with pytest.raises(Refusal, match="intet at vise"):
        rig.make(scene)
    with db.reading() as session:
        assert queries.provable(session, scene.mona) == []


def test_the_newest_agreement_is_the_one_that_is_proven(scene: Scene) -> None:
    with db.transaction() as session:
        first = session.scalars(sa.select(AdoptedLevel)).one()
        lone, mona = session.get_one(Staff, scene.lone), session.get_one(Citizen, scene.mona)
        shows = session.get_one(records.Competence, first.competence_id)
        records.agreed(session, mona, shows, 1, by=lone, now=scene.now - timedelta(days=1))
    assert signing.payload_of(rig.make(scene).signed)["name"] == "Slibe træ: Er begyndt"


def test_pressed_twice_it_is_one_proof(scene: Scene) -> None:
    assert rig.make(scene).public_id == rig.make(scene).public_id
    assert len(rig.proofs()) == 1


def test_another_proof_of_the_same_waits_until_the_first_is_taken_back(scene: Scene) -> None:
    first = rig.make(scene)
    with pytest.raises(Refusal, match="allerede et bevis"):
        rig.make(scene, narrative="Andre ord.")
    with db.transaction() as session:
        actions.take_back(session, queries.proof_of(session, scene.mona, first.public_id), scene.now)
    assert rig.make(scene, narrative="Andre ord.").public_id != first.public_id
    assert [proof.narrative for proof in rig.proofs()] == [rig.SAID, "Andre ord."], "the old row stays as it was"


def test_a_new_talk_about_the_same_level_makes_no_second_proof(scene: Scene) -> None:
    rig.make(scene)
    with db.transaction() as session:
        first = session.scalars(sa.select(AdoptedLevel)).one()
        lone, mona = session.get_one(Staff, scene.lone), session.get_one(Citizen, scene.mona)
        shows = session.get_one(records.Competence, first.competence_id)
        records.agreed(session, mona, shows, first.level, by=lone, now=scene.now - timedelta(days=1))
    with pytest.raises(Refusal, match="allerede et bevis"):
        rig.make(scene, narrative="Andre ord.")
    with db.reading() as session:
        (only,) = queries.provable(session, scene.mona)
    assert only.has_proof


def test_taken_back_twice_keeps_the_first_time(scene: Scene) -> None:
    made = rig.make(scene)
    for later in (0, 5):
        with db.transaction() as session:
            proof = queries.proof_of(session, scene.mona, made.public_id)
            actions.take_back(session, proof, scene.now + timedelta(days=later))
    assert rig.proofs()[0].taken_back_at == scene.now
    with db.reading() as session:
        assert queries.taken_back(session) == [(made.public_id, scene.now)]


def test_of_six_presses_at_once_one_proof_is_left(app: Flask, scene: Scene, database_url: str) -> None:
    said = race(database_url, racers.make, [(scene.mona, scene.key, scene.lone)] * RACERS)
    assert said == ["won"] * RACERS, "everybody is told the same: it is made"
    assert len(rig.proofs()) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SigningKey)) == 1


def test_the_control_makes_several(app: Flask, scene: Scene, database_url: str) -> None:
    rig.make(scene)
    with db.transaction() as session:
        session.execute(sa.delete(Proof))
    race(database_url, racers.make_unguarded, [(scene.mona, scene.key, scene.lone)] * RACERS)
    assert len(rig.proofs()) > 1


# The key


def test_the_private_key_is_sealed_and_opens_only_as_what_it_is(scene: Scene) -> None:
    rig.make(scene)
    with db.reading() as session:
        row = session.scalars(sa.select(SigningKey)).one()
    assert "PRIVATE" not in row.sealed_private
    assert "PRIVATE" not in str(row.public_jwk)
    assert "BEGIN PRIVATE KEY" in vault.open_sealed(rig.KEYS, row.sealed_private, f"signing_key:{row.kid}")
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(rig.KEYS, row.sealed_private, "signing_key:bevis-0002")
    with pytest.raises(vault.CannotOpen):
        _signer(NEW)


def test_a_new_key_signs_and_the_old_one_still_checks(scene: Scene) -> None:
    first = rig.make(scene)
    with db.transaction() as session:
        assert keys.renew(session, rig.KEYS, scene.now + timedelta(days=1)) == "bevis-0002"
        actions.take_back(session, queries.proof_of(session, scene.mona, first.public_id), scene.now)
    second = rig.make(scene, narrative="Andre ord.")
    published = rig.published()
    assert [each["kid"].rpartition("/")[2] for each in published] == ["bevis-0002.json", "bevis-0001.json"]
    for made, key in ((first, published[1]), (second, published[0])):
        assert signing.verified(made.signed, [key])
    with pytest.raises(signing.NotSigned):
        signing.verified(second.signed, published[1:])


def test_a_changed_master_key_seals_the_signing_key_anew(app: Flask, scene: Scene) -> None:
    first = rig.make(scene)
    assert list(sealing.rotate((NEW, *rig.KEYS)))[-1].failed == 0
    with db.reading() as session:
        kinds = {each.kind: each for each in sealing.counts(session, (NEW,))}
    assert (kinds["signing_key"].many, kinds["signing_key"].opens) == (1, True)
    assert _signer(NEW).kid == "bevis-0001", "the same key, sealed anew"
    assert signing.verified(first.signed, rig.published())


def _signer(master_key: bytes) -> keys.Signer:
    with db.transaction() as session:
        return keys.signer(session, (master_key,), rig.proofs()[0].agreed_at)
