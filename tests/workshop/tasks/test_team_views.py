"""Confirming what a team did."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.citizens.models import Citizen
from workshop.core import clock, db, house_rules
from workshop.core.audit import AccessLog
from workshop.production.models import TaskType
from workshop.tasks.models import Assignment, Participation, RecordStatus, TaskRecord
from workshop.tasks.remarks.models import RecordRemark

ANSWER = {"minutes": "45", "support": "S1", "quality": "Q2", "observation": ""}


@pytest.fixture
def drafts(house) -> tuple[str, str]:
    """The records of Mona and Yusuf, who swept together; they wait."""
    with db.transaction() as session:
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        now = clock.now()
        tablet, _key = people.tablet(session, now=now)
        return tuple(
            people.draft(
                session, session.get_one(Citizen, each), device=tablet, task=task, title="Fej", now=now
            ).public_id
            for each in (house.monas_id, house.yusufs_id)
        )


def part(record: str, citizen: str, **changes: str) -> dict[str, str]:
    return {f"{record}.{citizen}-{name}": value for name, value in {**ANSWER, **changes}.items() if value}


def states() -> dict[str, RecordStatus]:
    with db.reading() as session:
        return {record.public_id: record.status for record in session.scalars(sa.select(TaskRecord))}


def test_what_waits_is_listed_and_counted(lone: FlaskClient, house, drafts) -> None:
    page = lone.get("/personale/hold").text
    assert "2 venter på jer" in page
    assert "Mona" in page
    assert "Yusuf" in page
    assert '<span class="count">2' in page


def test_the_page_has_everybody_with_nothing_chosen(lone: FlaskClient, house, drafts) -> None:
    page = lone.get(f"/personale/hold/{drafts[0]}").text
    assert page.index("Mona") < page.index("Yusuf")
    assert "0 af 2 har et svar." in page
    marks = page.split('name="joint"')[-1]
    assert "checked" not in marks


def test_reading_the_page_is_logged(lone: FlaskClient, house, drafts) -> None:
    lone.get(f"/personale/hold/{drafts[0]}")
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people) == ("read", sorted([house.mona, house.yusuf]))


def test_a_team_is_confirmed_with_own_marks_each(lone: FlaskClient, house, drafts) -> None:
    answers = {
        **part(drafts[0], house.mona, support="S0", observation="Du så selv, hvor der manglede."),
        **part(drafts[1], house.yusuf, support="-", quality=""),
        "joint": "nej",
    }
    assert lone.post(f"/personale/hold/{drafts[0]}", data=answers).status_code == 303
    assert set(states().values()) == {RecordStatus.CONFIRMED}
    with db.reading() as session:
        seen = {each.citizen_id: each for each in session.scalars(sa.select(Participation))}
    assert (seen[house.monas_id].support, seen[house.monas_id].observation) == ("S0", "Du så selv, hvor der manglede.")
    assert (seen[house.yusufs_id].support, seen[house.yusufs_id].quality) == (None, None)


def test_those_without_an_answer_go_on_waiting(lone: FlaskClient, house, drafts) -> None:
    answers = {**part(drafts[0], house.mona), "joint": "nej"}
    assert lone.post(f"/personale/hold/{drafts[0]}", data=answers).status_code == 303
    assert states() == {drafts[0]: RecordStatus.CONFIRMED, drafts[1]: RecordStatus.DRAFT}


def test_quality_seen_for_the_team_is_marked_as_joint(lone: FlaskClient, house, drafts) -> None:
    lone.post(f"/personale/hold/{drafts[0]}", data={**part(drafts[0], house.mona), "joint": "ja"})
    with db.reading() as session:
        mine = sa.select(Participation.is_joint).where(Participation.citizen_id == house.monas_id)
        assert session.scalar(mine) is True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quality": ""}, "Vælg kvalitet."),
        ({"support": ""}, "Vælg støtte"),
        ({"minutes": ""}, "Skriv minutterne."),
        ({"minutes": "601"}, "Skriv 0 til 600 minutter."),
        ({"support": "S9"}, "Mona: "),
        ({"support": "", "quality": "", "observation": "Kun ord"}, "Vælg støtte"),
    ],
)
def test_half_an_answer_comes_back_with_what_is_missing(
    lone: FlaskClient, house, drafts, changes: dict[str, str], sentence: str
) -> None:
    answers = {**part(drafts[0], house.mona, **changes), **part(drafts[1], house.yusuf), "joint": "nej"}
    answer = lone.post(f"/personale/hold/{drafts[0]}", data=answers)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert set(states().values()) == {RecordStatus.DRAFT}, "all or none"


def test_no_answer_at_all_is_asked_for(lone: FlaskClient, drafts) -> None:
    answer = lone.post(f"/personale/hold/{drafts[0]}", data={"joint": "nej"})
    assert answer.status_code == 422
    assert "Vælg et svar for mindst én." in answer.text


def test_another_department_and_the_sellers_stay_out(app: Flask, house, drafts) -> None:
    away, seller = people.at_desk(app, house.away), people.at_desk(app, house.seller)
    answers = {**part(drafts[0], house.mona), "joint": "nej"}
    for suffix in ("", "/ret", "/annuller"):
        assert away.post(f"/personale/hold/{drafts[0]}{suffix}", data={**answers, "why": "x"}).status_code == 404
        assert seller.post(f"/personale/hold/{drafts[0]}{suffix}", data=answers).status_code == 403
    assert away.get(f"/personale/hold/{drafts[0]}").status_code == 404
    assert seller.get(f"/personale/hold/{drafts[0]}").status_code == 403
    assert "Mona" not in away.get("/personale/hold").text
    assert set(states().values()) == {RecordStatus.DRAFT}


def test_a_confirmed_record_is_corrected_with_a_reason(lone: FlaskClient, house, drafts) -> None:
    confirmed = {**part(drafts[0], house.mona), "joint": "nej"}
    lone.post(f"/personale/hold/{drafts[0]}", data=confirmed)
    page = f"/personale/hold/{drafts[0]}/ret"
    assert lone.post(page, data=confirmed).status_code == 422
    changed = {**part(drafts[0], house.mona, support="S0"), "joint": "nej", "why": "Det var uden huskekort"}
    answer = lone.post(page, data=changed, follow_redirects=True)
    assert "Udgave 2" in answer.text
    assert "Det var uden huskekort" in answer.text
    assert states()[drafts[0]] is RecordStatus.SUPERSEDED
    again = lone.post(page, data=changed)
    assert again.status_code == 409


def test_a_confirmed_record_is_voided_with_a_reason(lone: FlaskClient, house, drafts) -> None:
    lone.post(f"/personale/hold/{drafts[0]}", data={**part(drafts[0], house.mona), "joint": "nej"})
    page = f"/personale/hold/{drafts[0]}/annuller"
    here = f"/personale/hold/{drafts[0]}"
    assert lone.post(page, data={"why": " "}).location == here
    assert "Skriv kort, hvorfor." in lone.get(here).text
    assert RecordStatus.CONFIRMED in states().values()
    assert lone.post(page, data={"why": "Det var en anden"}).location == "/personale/hold"
    assert RecordStatus.CONFIRMED not in states().values()
    assert lone.post(page, data={"why": "igen"}).location == here
    assert "En anden har rettet imens." in lone.get(here).text


def test_with_four_eyes_the_one_who_confirmed_is_told_that_a_colleague_voids(lone: FlaskClient, house, drafts) -> None:
    here = f"/personale/hold/{drafts[0]}"
    lone.post(here, data={**part(drafts[0], house.mona), "joint": "nej"})
    assert f'action="{here}/annuller"' in lone.get(here).text
    with db.transaction() as session:
        house_rules.decide(session, house_rules.FOUR_EYES, house_rules.YES, by_staff_id=None, now=clock.now())
    page = lone.get(here).text
    assert f'action="{here}/annuller"' not in page
    assert "En kollega annullerer." in page
    assert lone.post(f"{here}/annuller", data={"why": "Forkert"}).location == here
    assert RecordStatus.CONFIRMED in states().values()


def test_staff_write_down_what_a_citizen_says_of_a_record(app: Flask, lone: FlaskClient, mona, house, drafts) -> None:
    here = f"/personale/hold/{drafts[0]}"
    lone.post(here, data={**part(drafts[0], house.mona), "joint": "nej"})
    page = f"{here}/ord/{house.mona}"
    assert f'href="{page}"' in lone.get(here).text
    assert lone.post(page, data={"text": " "}).status_code == 422
    long = lone.post(page, data={"text": "x" * 401})
    assert (long.status_code, "x" * 401 in long.text) == (422, True), "what was typed is kept"
    assert lone.post(page, data={"text": "Det var mig, der fejede."}).location == here
    assert "“Det var mig, der fejede.” (skrevet ned af personalet)" in lone.get(here).text
    assert "Det var mig, der fejede." in lone.get(page).text
    mine = mona.get(f"/vaerksted/mit-arbejde/{drafts[0]}").text
    assert "Personalet skrev det ned for dig." in mine
    mona.post(f"/vaerksted/mit-arbejde/{drafts[0]}", data={"text": "Jeg fejede alene."})
    assert "Personalet skrev det ned for dig." not in mona.get(f"/vaerksted/mit-arbejde/{drafts[0]}").text
    own = lone.get(here).text
    assert "“Jeg fejede alene.”" in own
    assert "(skrevet ned af personalet)" not in own


def test_words_are_written_down_for_those_who_took_part_and_by_their_own_staff(app, lone, house, drafts) -> None:
    for who in (house.yusuf, house.ida, "x" * 22):  # Yusuf swept too, and has a record of his own
        assert lone.post(f"/personale/hold/{drafts[0]}/ord/{who}", data={"text": "Nej"}).status_code == 404
    other = people.at_desk(app, house.away)
    assert other.post(f"/personale/hold/{drafts[0]}/ord/{house.mona}", data={"text": "Nej"}).status_code == 404
    seller = people.at_desk(app, house.seller)
    assert seller.post(f"/personale/hold/{drafts[0]}/ord/{house.mona}", data={"text": "Nej"}).status_code == 403
    with db.reading() as session:
        assert session.scalars(sa.select(RecordRemark)).all() == []


def test_a_record_nobody_made_is_not_found(lone: FlaskClient) -> None:
    assert lone.get("/personale/hold/findes-ikke").status_code == 404


def test_a_newer_version_is_reached_from_the_old_one(lone: FlaskClient, house, drafts) -> None:
    lone.post(f"/personale/hold/{drafts[0]}", data={**part(drafts[0], house.mona), "joint": "nej"})
    lone.post(f"/personale/hold/{drafts[0]}/annuller", data={"why": "forkert"})
    page = lone.get(f"/personale/hold/{drafts[0]}").text
    assert "tæller ikke" in page
    assert "annulleret" in page
    assert factories.PASSWORD not in page


def test_somebody_who_was_not_there_gets_no_minutes_and_no_marks(lone: FlaskClient, house, drafts) -> None:
    only_minutes = {f"{drafts[0]}.{house.mona}-minutes": "0"}
    assert lone.post(f"/personale/hold/{drafts[0]}", data=only_minutes).status_code == 303
    with db.reading() as session:
        record = session.scalars(sa.select(TaskRecord).where(TaskRecord.public_id == drafts[0])).one()
        kept = session.scalars(sa.select(Participation).where(Participation.record_id == record.id)).one()
    assert record.status is RecordStatus.CONFIRMED
    assert (kept.minutes, kept.support, kept.quality) == (0, None, None)
    assert states()[drafts[1]] is RecordStatus.DRAFT, "the other one waits"


def test_no_minutes_are_suggested_when_both_were_pressed_at_the_end(lone: FlaskClient, house, drafts) -> None:
    page = lone.get(f"/personale/hold/{drafts[0]}").text
    assert re.findall(r'-minutes" inputmode="numeric" value="([^"]*)"', page) == ["", ""]
    assert len(re.findall(r"Tager tit \d+ min\.", page)) == 2
    with db.transaction() as session:
        for given in session.scalars(sa.select(Assignment)):
            given.started_at = given.finished_at - timedelta(minutes=42)
    page = lone.get(f"/personale/hold/{drafts[0]}").text
    assert re.findall(r'-minutes" inputmode="numeric" value="([^"]*)"', page) == ["40", "40"]
    assert "Tager tit" not in page


def test_one_person_is_not_asked_whether_the_team_shares_the_quality(lone: FlaskClient, house, drafts) -> None:
    assert "Fælles for holdet" in lone.get(f"/personale/hold/{drafts[0]}").text
    lone.post(f"/personale/hold/{drafts[0]}", data=part(drafts[0], house.mona))
    assert "Fælles for holdet" not in lone.get(f"/personale/hold/{drafts[1]}").text
