"""What a proof says, held against the shape that Open Badges 3.0 asks for."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.workshop.progression.proofs.rig import ISSUER
from workshop.core import crypto
from workshop.progression.proofs.credential import Holder, Shown, credential, identity_hash, is_for, urn_of

pytestmark = pytest.mark.once

AT = datetime(2026, 11, 24, 9, 30, 15, 999, tzinfo=UTC)
HOLDER = Holder("Mona Prøvesen", "saltet")
SHOWN = Shown(
    key="slibe",
    version=2,
    name="Slibe træ",
    i_can="Jeg kan slibe træ.",
    levels=("Er begyndt", "Kan med støtte", "Kan selv", "Viser andre"),
    anchors=("Et", "To", "Tre", "Fire"),
    level=3,
    narrative="Har slebet seks bænke.",
)
PUBLIC_ID = crypto.new_public_id()


def made(**changes):
    return credential(PUBLIC_ID, ISSUER, HOLDER, replace(SHOWN, **changes), AT)


def test_it_is_an_open_badge_of_one_achievement():
    said = made()
    assert said["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert said["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert said["name"] == "Slibe træ: Kan selv"
    assert (said["issuer"]["type"], said["issuer"]["name"]) == (["Profile"], "Værkstedet i Helsinge")
    assert said["validFrom"] == "2026-11-24T09:30:15Z"
    subject = said["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    achievement = subject["achievement"]
    assert achievement["type"] == ["Achievement"]
    assert (achievement["name"], achievement["description"]) == ("Slibe træ", "Jeg kan slibe træ.")
    assert achievement["criteria"] == {"narrative": "Tre"}
    assert said["evidence"] == [{"type": ["Evidence"], "narrative": "Har slebet seks bænke."}]


def test_the_claims_of_the_token_repeat_the_credential():
    said = made()
    assert said["iss"] == said["issuer"]["id"] == "https://butik.example"
    assert said["jti"] == said["id"] == urn_of(PUBLIC_ID)
    assert said["sub"] == said["credentialSubject"]["id"]
    assert said["nbf"] == int(AT.timestamp())
    assert said["credentialStatus"] == {
        "id": "https://butik.example/beviser/tilbagetaget.json",
        "type": "1EdTechRevocationList",
    }


def test_the_result_points_at_one_of_the_four_levels():
    subject = made()["credentialSubject"]
    (described,) = subject["achievement"]["resultDescription"]
    levels = described["rubricCriterionLevel"]
    assert [each["level"] for each in levels] == ["1", "2", "3", "4"]
    assert described["resultType"] == "RubricCriterionLevel"
    (result,) = subject["result"]
    assert result["resultDescription"] == described["id"]
    assert [each["name"] for each in levels if each["id"] == result["achievedLevel"]] == ["Kan selv"]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_every_level_carries_its_own_words(level):
    said = made(level=level)
    assert said["credentialSubject"]["achievement"]["criteria"]["narrative"] == SHOWN.anchors[level - 1]


def test_the_holder_is_a_salted_hash_and_no_name():
    said = made()
    (identity,) = said["credentialSubject"]["identifier"]
    assert (identity["type"], identity["hashed"], identity["identityType"]) == ("IdentityObject", True, "name")
    assert identity["identityHash"].startswith("sha256$")
    assert len(identity["identityHash"]) == len("sha256$") + 64
    assert "Mona" not in json.dumps(said, ensure_ascii=False)


def test_a_name_is_held_against_the_hash():
    said = made()
    assert is_for(said, "Mona Prøvesen")
    assert is_for(said, "  Mona   Prøvesen\n"), "however it is spaced"
    assert not is_for(said, "Mona Prøvesøn")
    assert identity_hash("Mona", "a") != identity_hash("Mona", "b"), "the salt keeps equal names apart"


def test_two_proofs_of_one_person_are_not_told_to_be_hers():
    one = made()
    other = credential(crypto.new_public_id(), ISSUER, Holder(HOLDER.name, "et andet"), SHOWN, AT)
    assert one["sub"] != other["sub"]
    hashes = [each["credentialSubject"]["identifier"][0]["identityHash"] for each in (one, other)]
    assert hashes[0] != hashes[1]
    assert one["credentialSubject"]["achievement"]["id"] == other["credentialSubject"]["achievement"]["id"]


def test_the_number_is_the_random_id_in_another_spelling():
    assert urn_of(PUBLIC_ID).startswith("urn:uuid:")
    assert urlsafe_b64encode(UUID(urn_of(PUBLIC_ID)).bytes).decode().rstrip("=") == PUBLIC_ID


def test_an_alignment_is_there_where_the_competence_has_one():
    assert "alignment" not in made()["credentialSubject"]["achievement"]
    uri = "http://data.europa.eu/esco/skill/1"
    (alignment,) = made(esco_uri=uri)["credentialSubject"]["achievement"]["alignment"]
    assert (alignment["type"], alignment["targetUrl"]) == (["Alignment"], uri)


def test_changed_words_of_a_competence_are_another_achievement():
    ids = [made(version=version)["credentialSubject"]["achievement"]["id"] for version in (1, 2)]
    assert ids[0] != ids[1]
