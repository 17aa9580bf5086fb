"""The round of a team: a job that nobody tapped on a tablet becomes records with one press, and becomes them once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.tasks.rig import count
from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import Citizen
from workshop.core import clock, db, house_rules
from workshop.core.audit import AccessLog
from workshop.production.models import OrderStep, TaskType
from workshop.products.models import Item
from workshop.tasks import confirming
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord

FORM = {"joint": "nej", "once": "the-form-of-a-test"}


def answer(*public_ids: str, **changes: str) -> dict[str, object]:
    """What is sent for people of whom nothing is written yet."""
    said = {"minutes": "45", "support": "S1", "quality": "Q2", **changes}
    fields = {f"ny.{each}-{name}": value for each in public_ids for name, value in said.items() if value}
    return {**FORM, **fields, "med": list(public_ids)}


def give(public_id: str) -> str:
    """The house's task for somebody today; the same one for everybody, as on one card of the board."""
    with db.transaction() as session:
        now = clock.now()
        person = session.scalars(sa.select(Citizen).where(Citizen.public_id == public_id)).one()
        task = session.scalars(sa.select(TaskType).where(TaskType.name == "Fej gulvet")).one()
        return people.assignment(session, person, task=task, day=clock.local_day(now), now=now).public_id


def records() -> list[TaskRecord]:
    with db.reading() as session:
        return list(session.scalars(sa.select(TaskRecord).order_by(TaskRecord.id)))


def four_eyes() -> None:
    with db.transaction() as session:
        house_rules.decide(session, house_rules.FOUR_EYES, house_rules.YES, by_staff_id=None, now=clock.now())


def marked(citizen_id: int, mark: AttendanceMark) -> None:
    with db.transaction() as session:
        now = clock.now()
        citizens.mark_attendance(
            session,
            citizen=session.get_one(Citizen, citizen_id),
            day=clock.local_day(now),
            mark=mark,
            now=now,
            by_staff_id=None,
        )


def test_what_people_were_given_today_can_be_chosen(lone: FlaskClient, house) -> None:
    give(house.mona)
    give(house.yusuf)
    page = lone.get("/personale/hold/runde").text
    assert page.count('<b class="fs-l">Fej gulvet') == 1
    assert "Mona, Yusuf" in page
    assert "Skrevet</span>" not in page


def test_what_is_written_for_everybody_says_so_and_adds_nobody_again(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    assert lone.post(f"/personale/hold/runde/tavle/{task}", data=answer(house.mona)).status_code == 303
    assert "Skrevet</span>" in lone.get("/personale/hold/runde").text
    page = lone.get(f"/personale/hold/runde/tavle/{task}").text
    assert "Opgaven er skrevet for alle" in page
    assert f'href="/personale/hold/{records()[0].public_id}">Mona</a>' in page
    assert "Ingen står på opgaven" not in page
    give(house.yusuf)
    assert "Skrevet</span>" not in lone.get("/personale/hold/runde").text
    assert "Opgaven er skrevet for alle" not in lone.get(f"/personale/hold/runde/tavle/{task}").text


def test_reading_what_was_given_is_logged(lone: FlaskClient, house) -> None:
    give(house.mona)
    lone.get("/personale/hold/runde")
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people) == ("list", [house.mona])


def test_a_step_or_a_task_nobody_was_given_is_chosen_from_the_list(lone: FlaskClient, house) -> None:
    for chosen in (f"trin:{house.step}", f"opgave:{house.task_key}"):
        answered = lone.get("/personale/hold/runde", query_string={"valg": chosen})
        assert answered.status_code == 303
        assert lone.get(answered.location).status_code == 200


def test_those_who_have_the_task_and_are_not_away_stand_there(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    give(house.yusuf)
    marked(house.monas_id, AttendanceMark.CAME)
    marked(house.yusufs_id, AttendanceMark.NOTIFIED)
    page = lone.get(f"/personale/hold/runde/tavle/{task}").text
    assert f'name="med" value="{house.mona}"' in page
    assert f'name="med" value="{house.yusuf}"' not in page
    assert "Skrevet som fraværende den dag: Yusuf." in page


def test_reading_a_round_is_logged(lone: FlaskClient, house) -> None:
    lone.get(f"/personale/hold/runde/tavle/{give(house.mona)}")
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, house.mona in last.people) == ("read", True)


def test_one_press_finishes_the_tasks_and_writes_a_record_each(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    give(house.yusuf)
    sent = {**answer(house.mona), **answer(house.yusuf, support="-", quality=""), "med": [house.mona, house.yusuf]}
    assert lone.post(f"/personale/hold/runde/tavle/{task}", data=sent).status_code == 303
    assert [(each.status, each.version, each.assignment_id is None) for each in records()] == [
        (RecordStatus.CONFIRMED, 1, False)
    ] * 2
    with db.reading() as session:
        states = set(session.scalars(sa.select(Assignment.state)))
        parts = {each.citizen_id: each for each in session.scalars(sa.select(Participation))}
    assert states == {AssignmentState.FINISHED}
    assert (parts[house.monas_id].minutes, parts[house.monas_id].support) == (45, "S1")
    assert (parts[house.yusufs_id].support, parts[house.yusufs_id].quality) == (None, None)


def test_somebody_is_added_and_what_was_typed_stays(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    sent = {**answer(house.mona, quality=""), "goer": "tilfoej", "ny": house.yusuf}
    page = lone.post(address, data=sent).text
    assert f'name="med" value="{house.yusuf}"' in page
    assert re.search(rf'name="ny\.{house.mona}-support" value="S1" checked', page)
    assert count(TaskRecord) == 0, "nothing is written yet"
    assert lone.post(address, data={**answer(house.mona, house.yusuf)}).status_code == 303
    assert [each.assignment_id is None for each in records()] == [False, True]


def test_adding_and_leaving_out_lead_on_so_that_back_sends_nothing_again(lone: FlaskClient, house) -> None:
    """The address says who stands there, and nothing of what was said about them."""
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    told = lone.post(address, data={"goer": "tilfoej", "ny": house.yusuf, "med": house.mona, "joint": "nej"})
    assert (told.status_code, told.location.startswith(address)) == (303, True)
    page = lone.get(told.location).text
    assert all(f'name="med" value="{each}"' in page for each in (house.mona, house.yusuf))
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    left = lone.post(address, data={"goer": f"fjern:{house.mona}", "med": [house.mona, house.yusuf], "once": once})
    page = lone.get(left.location).text
    assert f'name="med" value="{house.mona}"' not in page
    assert f'name="once" value="{once}"' in page, "the same form, sent from either page, counts once"
    both = {"goer": "minutter", "for_all": "35", "med": [house.mona, house.yusuf], "joint": "nej"}
    page = lone.get(lone.post(address, data=both).location).text
    assert page.count('value="35"') >= 2
    assert count(TaskRecord) == 0


def test_an_address_of_a_round_names_only_ones_own_and_takes_no_odd_minutes(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    page = lone.get(f"{address}?valgt=ja&med={house.ida}&med=%00&med={house.yusuf}&minutter=99999&once=%F0").text
    assert f'name="med" value="{house.yusuf}"' in page
    assert house.ida not in page
    assert f'name="med" value="{house.mona}"' not in page
    assert "99999" not in page


def test_the_usual_minutes_are_offered_as_soon_as_somebody_is_on_the_page(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/opgave/{house.task_key}"
    assert 'id="for_all"' not in lone.get(address).text
    page = lone.post(address, data={"goer": "tilfoej", "ny": house.mona, "joint": "nej"}, follow_redirects=True).text
    assert re.search(r'id="for_all" name="for_all" inputmode="numeric" value="\d+"', page)


def test_somebody_who_was_not_there_is_taken_off(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    page = lone.post(address, data={**answer(house.mona, house.yusuf), "goer": f"fjern:{house.yusuf}"}).text
    assert f'name="med" value="{house.yusuf}"' not in page
    assert f'name="med" value="{house.mona}"' in page


def test_no_minutes_at_all_is_nobodys_record(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    sent = {**answer(house.mona), **answer(house.yusuf, minutes="0", support="", quality="")}
    assert lone.post(address, data={**sent, "med": [house.mona, house.yusuf]}).status_code == 303
    assert count(TaskRecord) == 1


def test_the_same_minutes_are_offered_to_those_who_have_none(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/tavle/{give(house.mona)}"
    sent = {**answer(house.mona, minutes="20"), **answer(house.yusuf, minutes=""), "med": [house.mona, house.yusuf]}
    page = lone.post(address, data={**sent, "goer": "minutter", "for_all": "95"}).text
    assert re.findall(r'-minutes" inputmode="numeric" value="([^"]*)"', page) == ["20", "95"]
    wrong = lone.post(address, data={**sent, "goer": "minutter", "for_all": "601"})
    assert wrong.status_code == 422


def test_the_same_form_sent_twice_is_written_once(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/opgave/{house.task_key}"
    assert lone.post(address, data=answer(house.mona, house.yusuf)).status_code == 303
    again = lone.post(address, data=answer(house.mona, house.yusuf))
    assert again.status_code == 409
    assert "Runden er allerede skrevet." in again.text
    assert count(TaskRecord) == 2
    other = {**answer(house.mona), "once": "another form of the day"}
    assert lone.post(address, data=other).status_code == 303, "the control: another form is another round"
    assert count(TaskRecord) == 3


def test_drafts_from_the_tablet_and_people_without_are_confirmed_together(lone: FlaskClient, house) -> None:
    with db.transaction() as session:
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        now = clock.now()
        tablet, _key = people.tablet(session, now=now)
        mona = session.get_one(Citizen, house.monas_id)
        draft = people.draft(session, mona, device=tablet, task=task, title="Fej gulvet", now=now).public_id
        yusuf = session.get_one(Citizen, house.yusufs_id)
        people.assignment(session, yusuf, task=task, title="Fej gulvet", day=clock.local_day(now), now=now)
    page = lone.get(f"/personale/hold/{draft}").text
    assert f'name="med" value="{house.yusuf}"' in page, "Yusuf has the same work and has not said that he is done"
    sent = {
        **answer(house.yusuf),
        **{
            f"{draft}.{house.mona}-{name}": each
            for name, each in (("minutes", "40"), ("support", "S0"), ("quality", "Q3"))
        },
    }
    assert lone.post(f"/personale/hold/{draft}", data=sent).status_code == 303
    assert {each.status for each in records()} == {RecordStatus.CONFIRMED}
    assert count(TaskRecord) == 2


def test_the_last_step_of_an_order_can_be_ended_and_the_piece_reaches_its_people(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/trin/{house.step}"
    assert "Trinnet er færdigt" in lone.get(address).text
    assert lone.post(address, data={**answer(house.mona, house.yusuf), "ends_step": "y"}).status_code == 303
    with db.reading() as session:
        piece = session.scalars(sa.select(Item.id)).one()
        step = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == house.step)).one()
    assert step.finished_at is not None
    assert {each.item_id for each in records()} == {piece}
    assert "Trinnet er færdigt" not in lone.get(address).text


def test_without_that_word_the_step_goes_on(lone: FlaskClient, house) -> None:
    lone.post(f"/personale/hold/runde/trin/{house.step}", data=answer(house.mona))
    assert count(Item) == 0


def test_a_day_to_come_has_no_round(lone: FlaskClient, house) -> None:
    tomorrow = clock.local_day(clock.now()) + timedelta(days=1)
    assert lone.get(f"/personale/hold/runde/opgave/{house.task_key}?dag={tomorrow}").status_code == 404


def test_a_day_before_the_stay_is_refused(lone: FlaskClient, house) -> None:
    before = clock.local_day(clock.now()) - timedelta(days=90)
    address = f"/personale/hold/runde/opgave/{house.task_key}?dag={before}"
    assert lone.post(address, data=answer(house.mona)).status_code == 422, "she is not there to be answered for"
    assert count(TaskRecord) == 0


def test_another_department_and_the_sellers_stay_out_of_a_round(app: Flask, house) -> None:
    task = give(house.mona)
    away, seller = people.at_desk(app, house.away), people.at_desk(app, house.seller)
    for address in (f"tavle/{task}", f"trin/{house.step}"):
        assert away.get(f"/personale/hold/runde/{address}").status_code == 404
        assert away.post(f"/personale/hold/runde/{address}", data=answer(house.mona)).status_code == 404
        assert seller.get(f"/personale/hold/runde/{address}").status_code == 403
        assert away.get(f"/personale/hold/runde/{address}/ark.pdf").status_code == 404
    assert away.post(f"/personale/hold/runde/opgave/{house.task_key}", data=answer(house.mona)).status_code == 422
    assert count(TaskRecord) == 0


@pytest.mark.parametrize("address", ["noget/x", "tavle/x", "trin/x", "besoeg/x", "opgave/x", "registrering/x"])
def test_work_that_is_not_there_is_not_found(lone: FlaskClient, address: str) -> None:
    assert lone.get(f"/personale/hold/runde/{address}").status_code == 404


def test_somebody_whom_nobody_knows_is_not_added(lone: FlaskClient, house) -> None:
    address = f"/personale/hold/runde/opgave/{house.task_key}"
    for name in ("x\x00y", house.ida, "x" * 500):
        answered = lone.post(address, data={"goer": "tilfoej", "ny": name, "joint": "nej"}, follow_redirects=True)
        assert (answered.status_code, 'name="med"' in answered.text) == (200, False)


def test_with_four_eyes_a_round_waits_for_a_colleague(app: Flask, lone: FlaskClient, house) -> None:
    four_eyes()
    address = f"/personale/hold/runde/opgave/{house.task_key}"
    done = lone.post(address, data=answer(house.mona), follow_redirects=True).text
    assert "En kollega bekræfter." in done
    assert "Venter på en kollega" in done
    [record] = records()
    assert record.status is RecordStatus.DRAFT
    own = f"/personale/hold/{record.public_id}"
    prefix = f"{record.public_id}.{house.mona}"
    sent = {**FORM, f"{prefix}-minutes": "45", f"{prefix}-support": "S1", f"{prefix}-quality": "Q2"}
    assert "Du har skrevet den." in lone.get(own).text
    assert lone.post(own, data=sent).status_code == 422
    with db.transaction() as session:
        other = factories.staff(session, name="Per", now=clock.now()).email
    colleague = people.at_desk(app, other)
    assert re.search(rf'name="{prefix}-support" value="S1" checked', colleague.get(own).text), "what Lone saw stands"
    assert colleague.post(own, data=sent).status_code == 303
    assert records()[0].status is RecordStatus.CONFIRMED


def test_four_eyes_hold_in_the_rule_itself(house) -> None:
    four_eyes()
    with db.transaction() as session:
        now = clock.now()
        actor = people.actor_of(session, factories.staff(session, now=now), now=now)
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        parts = [confirming.PartMarks(house.monas_id, 30)]
        record = confirming.write_down(
            session, actor=actor, task_type_id=task.id, title="", done_on=clock.local_day(now), parts=parts, now=now
        )
        with pytest.raises(confirming.Refusal, match="kollega"):
            confirming.confirm(session, record=record, actor=actor, now=now, parts=parts)
        house_rules.decide(session, house_rules.FOUR_EYES, house_rules.NO, by_staff_id=None, now=now)
        confirming.confirm(session, record=record, actor=actor, now=now, parts=parts)
        assert record.status is RecordStatus.CONFIRMED, "the control: without the rule two eyes are enough"


def test_with_four_eyes_a_correction_waits_and_the_old_version_counts_until_then(
    app: Flask, lone: FlaskClient, house
) -> None:
    lone.post(f"/personale/hold/runde/opgave/{house.task_key}", data=answer(house.mona))
    four_eyes()
    [old] = records()
    prefix = f"{old.public_id}.{house.mona}"
    sent = {**FORM, f"{prefix}-minutes": "45", f"{prefix}-support": "S3", f"{prefix}-quality": "Q2", "why": "Vi var to"}
    assert lone.post(f"/personale/hold/{old.public_id}/ret", data=sent).status_code == 303
    assert [each.status for each in records()] == [RecordStatus.CONFIRMED, RecordStatus.DRAFT]
    assert lone.post(f"/personale/hold/{old.public_id}/ret", data=sent).status_code == 409
    newer = records()[1].public_id
    with db.transaction() as session:
        other = factories.staff(session, name="Per", now=clock.now()).email
    prefix = f"{newer}.{house.mona}"
    confirmed = {**FORM, f"{prefix}-minutes": "45", f"{prefix}-support": "S3", f"{prefix}-quality": "Q2"}
    assert people.at_desk(app, other).post(f"/personale/hold/{newer}", data=confirmed).status_code == 303
    assert [each.status for each in records()] == [RecordStatus.SUPERSEDED, RecordStatus.CONFIRMED]


def test_a_draft_that_should_not_have_been_is_set_aside(lone: FlaskClient, house) -> None:
    four_eyes()
    lone.post(f"/personale/hold/runde/opgave/{house.task_key}", data=answer(house.mona))
    [record] = records()
    assert (
        lone.post(f"/personale/hold/{record.public_id}/annuller", data={"why": "Det var en anden"}).status_code == 303
    )
    assert [(each.status, each.why) for each in records()] == [(RecordStatus.VOIDED, "Det var en anden")]
    assert "0 venter" not in lone.get("/personale/hold").text


def test_a_task_that_was_finished_on_the_tablet_meanwhile_is_not_written_twice(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    with db.transaction() as session:
        session.execute(sa.update(Assignment).values(state=AssignmentState.FINISHED))
        given = session.scalars(sa.select(Assignment)).one()
        from_tablet = TaskRecord(
            assignment_id=given.id,
            task_type_id=given.task_type_id,
            title=given.title,
            done_on=given.day,
            recorded_at=clock.now(),
            recorded_by_id=session.get_one(Citizen, house.monas_id).account_id,
        )
        session.add(from_tablet)
        session.flush()
        session.add(Participation(record_id=from_tablet.id, citizen_id=house.monas_id))
    assert lone.post(f"/personale/hold/runde/tavle/{task}", data=answer(house.mona)).status_code == 422
    assert [each.status for each in records()] == [RecordStatus.DRAFT]


def test_the_sheet_is_a_paper_with_names_on_it_and_none_in_its_own_name(lone: FlaskClient, house) -> None:
    task = give(house.mona)
    answered = lone.get(f"/personale/hold/runde/tavle/{task}/ark.pdf")
    assert answered.mimetype == "application/pdf"
    assert answered.data.startswith(b"%PDF")
    assert answered.headers["Content-Disposition"] == 'inline; filename="runde.pdf"'
    with db.reading() as session:
        last = session.scalars(sa.select(AccessLog).order_by(AccessLog.id.desc())).first()
    assert (last.deed, last.people) == ("print", [house.mona])


def test_what_each_quality_looks_like_in_the_task_can_be_read(lone: FlaskClient, house) -> None:
    with db.transaction() as session:
        task = session.scalars(sa.select(TaskType).where(TaskType.key == house.task_key)).one()
        task.quality_redo = "Der ligger stadig spåner."
    assert "Der ligger stadig spåner." in lone.get(f"/personale/hold/runde/opgave/{house.task_key}").text
