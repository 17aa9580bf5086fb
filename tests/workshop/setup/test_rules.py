"""Regler og sprog: the workshop decides, each decision is a row, and only a whole language can be switched on."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from tests.workshop.setup.rig import NOW, SETTINGS, administrator
from workshop.core import db, house_rules, tongues
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.core.house_rules import FOUR_EYES, LANGUAGE, NAMES_ON_TABLET, NO, REVIEWED, YES, HouseRule
from workshop.setup.rules import actions, queries
from workshop.setup.rules.actions import Rules

RULES = f"{SETTINGS}/regler"


@pytest.fixture
def desk(app: Flask) -> FlaskClient:
    return administrator(app)


def decided() -> dict[str, str]:
    with db.reading() as session:
        return house_rules.decided(session)


def rows() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(HouseRule)) or 0


def test_what_is_ticked_holds_from_then_on(desk: FlaskClient) -> None:
    page = desk.get(RULES).text
    assert "Arabisk" in page
    assert "Engelsk" in page
    assert "Ikke oversat endnu: ukrainsk, russisk, polsk, somali." in page
    ticked = {"four_eyes": "y", "languages": ["ar", "en"], "read_through": ["ar"]}
    assert desk.post(RULES, data=ticked).status_code == 303
    assert decided() == {
        FOUR_EYES: YES, NAMES_ON_TABLET: NO, LANGUAGE + "ar": YES, LANGUAGE + "en": YES, REVIEWED + "ar": "Grethe Holm",
    }  # fmt: skip
    shown = desk.get(RULES).text
    assert "Læst igennem af Grethe Holm." in shown
    assert "Fire øjne er slået til" in shown
    assert "Arabisk er tændt" in shown


def test_saying_the_same_again_writes_nothing(desk: FlaskClient) -> None:
    desk.post(RULES, data={"languages": ["en"]})
    before = rows()
    desk.post(RULES, data={"languages": ["en"]})
    assert rows() == before == 1


def test_a_language_is_switched_off_again_and_becomes_a_draft_again(desk: FlaskClient) -> None:
    desk.post(RULES, data={"languages": ["ar"], "read_through": ["ar"]})
    desk.post(RULES, data={})
    with db.reading() as session:
        assert [each.code for each in tongues.offered(session)] == ["da"]
        assert not tongues.is_offered(session, "ar")
        arabic = next(each for each in tongues.all_tongues(session) if each.code == "ar")
        assert arabic.is_draft
    assert "Arabisk er igen en kladde" in desk.get(RULES).text


def test_who_had_read_a_language_keeps_their_name_on_it(app: Flask, desk: FlaskClient) -> None:
    desk.post(RULES, data={"read_through": ["ar"]})
    with db.transaction() as session:
        other = factories.staff(session, name="Bo Lund", roles=[Role.ADMIN], departments=[]).email
    people.at_desk(app, other).post(RULES, data={"read_through": ["ar", "en"]})
    assert decided()[REVIEWED + "ar"] == "Grethe Holm"
    assert decided()[REVIEWED + "en"] == "Bo Lund"


@pytest.mark.parametrize("code", ["uk", "xx", "da", "<b>"])
def test_a_language_without_a_whole_catalogue_cannot_be_switched_on(desk: FlaskClient, code: str) -> None:
    answer = desk.post(RULES, data={"languages": [code], "four_eyes": "y"})
    assert answer.status_code == 422
    tick = re.search(r'<input[^>]*id="four_eyes"[^>]*>', answer.text)
    assert tick, "the page has the tick"
    assert " checked" in tick[0], "what was ticked is kept"
    assert rows() == 0


@pytest.mark.usefixtures("app")
def test_the_action_itself_refuses_a_language_that_is_not_whole() -> None:
    with db.transaction() as session:
        by = factories.staff(session, now=NOW).account_id
        with pytest.raises(Refusal):
            actions.decide(session, Rules(False, False, ["uk"], []), by_staff_id=by, now=NOW)


@pytest.mark.parametrize("role", [Role.WORKSHOP, Role.CONSULTANT, Role.SALES, Role.MANAGER, Role.AUDITOR])
def test_only_those_who_administer_decide(app: Flask, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, roles=[role]).email
    desk = people.at_desk(app, email)
    assert desk.get(RULES).status_code == 403
    assert desk.post(RULES, data={"four_eyes": "y"}).status_code == 403
    assert rows() == 0


def test_the_page_asks_as_much_for_many_decisions_as_for_one(desk: FlaskClient) -> None:
    desk.post(RULES, data={"four_eyes": "y"})
    with counted() as few:
        desk.get(RULES)
    for number in range(12):
        desk.post(RULES, data={"four_eyes": "y"} if number % 2 else {})
    with counted() as many:
        desk.get(RULES)
    assert len(few) == len(many)


def test_every_rule_has_its_words() -> None:
    for key in (FOUR_EYES, NAMES_ON_TABLET, LANGUAGE + "en", REVIEWED + "en"):
        assert queries.in_words(key, YES) != queries.in_words(key, "" if key.startswith(REVIEWED) else NO)
        assert key not in queries.in_words(key, YES)
