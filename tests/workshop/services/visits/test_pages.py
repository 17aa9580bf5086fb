"""The pages of planning: the form, the drop, the week, the board, and the teams and things."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, garden, people
from support.queries import counted

from tests.workshop.services.visits import rig
from tests.workshop.services.visits.desk import VISIT, laid, of, team, typed, week_of, workday
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.production.models import CapacityDay
from workshop.services.visits.models import Resource, ResourceKind, VisitState


def test_a_visit_is_planned_by_the_form_and_the_customer_told(desk: FlaskClient) -> None:
    public_id, team_id = laid(state=VisitState.WAITING), team()
    page = desk.get(f"{VISIT}/{public_id}/plan").text
    assert "Planlæg Hækklipning" in page
    assert "uge 49, 50" in page
    answer = desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, is_told="y"), follow_redirects=True)
    assert answer.status_code == 200
    assert "kl. 9.30." in answer.text
    visit = of(public_id)
    assert (visit.state, visit.start_minute, visit.minutes) == (VisitState.PLANNED, 570, 90)
    assert visit.told_at is not None
    with db.reading() as session:
        assert len(rig.mails(session, "visit-day:")) == 1


def test_a_drop_takes_the_first_free_time_and_can_be_taken_back(desk: FlaskClient) -> None:
    public_id, team_id = laid(state=VisitState.WAITING), team()
    dropped = {"drop": "1", "version": of(public_id).version, "day": workday().isoformat(), "team": team_id}
    answer = desk.post(f"{VISIT}/{public_id}/plan", data=dropped, follow_redirects=True)
    assert of(public_id).start_minute == 540
    assert of(public_id).told_at is None
    undo = re.search(r'action="([^"]*ud-af-planen[^"]*)"', answer.text)
    assert undo is not None
    desk.post(undo[1].replace("&amp;", "&"))
    assert of(public_id).state is VisitState.WAITING
    second = laid(state=VisitState.WAITING)
    for each in (public_id, second):
        desk.post(f"{VISIT}/{each}/plan", data={**dropped, "version": of(each).version})
    assert of(second).start_minute == 540 + 150  # behind the other's 140 minutes, at a quarter


def test_a_clash_is_explained_and_nothing_is_lost(desk: FlaskClient) -> None:
    team_id = team()
    first, second = laid(state=VisitState.WAITING), laid(state=VisitState.WAITING)
    desk.post(f"{VISIT}/{first}/plan", data=typed(first, team_id))
    answer = desk.post(f"{VISIT}/{second}/plan", data=typed(second, team_id, start="10"))
    assert answer.status_code == 409
    assert "Hækholdet er optaget kl. 9.30–11.00" in answer.text
    assert 'value="10"' in answer.text
    assert of(second).state is VisitState.WAITING


def test_what_speaks_against_it_is_asked_about_and_can_be_meant_so(desk: FlaskClient) -> None:
    public_id, team_id = laid(state=VisitState.WAITING), team()
    with db.transaction() as session:
        department = session.scalars(sa.select(Resource.department_id)).first()
        session.add(CapacityDay(day=workday(), department_id=department, team_minutes=180))
    answer = desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, start="13"))
    assert answer.status_code == 409
    for said in ("Læg den der alligevel?", "Der er folk til 3 timer den dag", "Kunden regner med os mellem kl. 9.00"):
        assert said in answer.text
    assert of(public_id).state is VisitState.WAITING
    sure = re.search(r'name="sure" value="([^"]+)"', answer.text)
    assert sure is not None
    other = desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, start="14", sure=sure[1]))
    assert other.status_code == 409  # a yes to one time is none to another
    desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, start="13", sure=sure[1]))
    assert (of(public_id).state, of(public_id).from_minute) == (VisitState.PLANNED, 780)
    page = desk.get(week_of(workday())).text
    assert "4 t 30 min planlagt, folk til 3 t." in page
    assert "Det er for meget." in page


def test_the_doubled_hour_is_asked_about_and_the_missing_one_refused(desk: FlaskClient) -> None:
    public_id, team_id = laid(state=VisitState.WAITING), team()
    year = clock.local_day(clock.now()).year + 1
    spring = max(date(year, 3, day) for day in range(25, 32) if date(year, 3, day).weekday() == 6)
    autumn = max(date(year, 10, day) for day in range(25, 32) if date(year, 10, day).weekday() == 6)
    night = {"start": "2.30", "minutes": "30"}
    answer = desk.post(
        f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, **night | {"day": spring.isoformat()})
    )
    assert answer.status_code == 409
    assert "findes ikke den dag" in answer.text
    answer = desk.post(
        f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, **night | {"day": autumn.isoformat()})
    )
    assert answer.status_code == 409
    assert "Anden gang, efter uret er stillet tilbage" in answer.text
    chosen = night | {"day": autumn.isoformat(), "is_second_pass": "1"}
    answer = desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, **chosen))
    sure = re.search(r'name="sure" value="([^"]+)"', answer.text)  # nobody expects us at night
    assert sure is not None
    desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, **chosen, sure=sure[1]))
    assert of(public_id).is_second_pass


@pytest.mark.parametrize(
    "wrong",
    [{"day": "x"}, {"start": "25.00"}, {"start": ""}, {"minutes": "0"}, {"minutes": "9999"}, {"team": "nobody"}],
)
def test_bad_input_comes_back_as_typed(desk: FlaskClient, wrong: dict[str, str]) -> None:
    public_id, team_id = laid(state=VisitState.WAITING), team()
    answer = desk.post(f"{VISIT}/{public_id}/plan", data=typed(public_id, team_id, **wrong))
    assert answer.status_code == 422
    assert "Fejl:" in answer.text


def test_everybody_of_a_week_is_written_to_once_and_those_without_a_mail_are_rung(desk: FlaskClient) -> None:
    laid()
    silent = laid(customer_email="", customer_name="Finn Nabo")
    page = desk.get(week_of(workday())).text
    assert "Én kunde kender ikke dagen endnu." in page
    assert "Ring til Finn Nabo" in page
    desk.post(f"{week_of(workday())}/skriv")
    desk.post(f"{week_of(workday())}/skriv")
    with db.reading() as session:
        assert len(rig.mails(session, "visit-day:")) == 1
    assert of(silent).told_at is None
    desk.post(f"{VISIT}/{silent}/fortalt")
    assert of(silent).told_at is not None
    assert "Ikke fortalt" not in desk.get(week_of(workday())).text


def test_the_plan_asks_as_little_for_two_hundred_visits_as_for_few(desk: FlaskClient) -> None:
    monday = workday() - timedelta(days=1)

    def lay(count: int, teams: int) -> None:
        with db.transaction() as session:
            garden.kind(session, season_from=None, season_to=None)
            agreed = garden.job(session)
            held = [rig.team(session) for _each in range(teams)]
            for number in range(count):
                day = monday + timedelta(days=number % 5)
                visit = garden.visit(session, of=agreed, day=day, occasion=f"extra-{teams}-{number}")
                if number % 10:
                    minute = 360 + number // 30 * 60  # each team has one after the other, with no two at once
                    at = held[number % 30 % teams]
                    rig.plan(
                        session, visit, at, day=day, start_minute=minute + number % 30 // teams % 4 * 15, minutes=15
                    )

    lay(3, 1)
    with counted() as few:
        assert desk.get(week_of(monday)).status_code == 200
    lay(200, 6)  # thirty team-days
    with counted() as many:
        page = desk.get(week_of(monday)).text
    assert page.count('class="kcard') > 200
    assert page.count("data-team=") >= 30
    assert len(many) == len(few)
    assert len(many) < 16


def test_the_rounds_ask_as_little_for_many_as_for_few(desk: FlaskClient) -> None:
    day = workday()
    for address in (f"/personale/serviceture/{day.isoformat()}", "/personale/service"):
        laid(day=day)
        with counted() as few:
            assert desk.get(address).status_code == 200
        for _more in range(8):
            laid(day=day)
        with counted() as many:
            assert desk.get(address).status_code == 200
        assert len(many) == len(few)


def test_teams_vehicles_and_machines_are_kept(desk: FlaskClient) -> None:
    page = "/personale/service/hold"
    new = {"kind": "vehicle", "name": "Hvid varevogn", "department": "trae", "equipment": "trailer\n\nstropper"}
    assert desk.post(f"{page}/ny", data=new | {"name": ""}).status_code == 422
    desk.post(f"{page}/ny", data=new)
    desk.post(f"{page}/ny", data=new)  # sent twice
    assert "trailer, stropper" in desk.get(page).text
    assert desk.post(f"{page}/ny", data=new | {"kind": "team"}).status_code == 422
    with db.reading() as session:
        made = session.scalars(sa.select(Resource)).one()
    assert made.kind is ResourceKind.VEHICLE
    changed = new | {"version": made.version, "name": "Blå varevogn"}
    desk.post(f"{page}/{made.public_id}", data=changed)
    answer = desk.post(f"{page}/{made.public_id}", data=changed | {"name": "Rød varevogn"})
    assert answer.status_code == 409
    assert "Blå varevogn" in answer.text
    assert "Rød varevogn" in answer.text
    assert "Ude af brug" in desk.get(page).text  # no tick was sent
    assert desk.get(f"{page}/nobody").status_code == 404


def test_the_board_counts_what_waits(desk: FlaskClient) -> None:
    with db.transaction() as session:
        garden.request(session)
        garden.quote(session)
    today = clock.local_day(clock.now())
    laid(day=today)
    laid(day=today - timedelta(days=3))
    laid(day=today, state=VisitState.WAITING)  # what waits for after next week is not counted yet
    page = desk.get("/personale/service").text
    found = {label: int(number) for number, label in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", page)}
    assert found["skal have svar"] == 1
    assert found["besøg skal planlægges"] == 1
    assert found["besøg i dag"] == 1
    assert found["kunde kender ikke dagen"] == 1
    assert "ikke betalt" not in found  # money is for those who sell
    assert "Ikke meldt færdige" in page


def test_nobody_else_sees_the_pages(app: Flask) -> None:
    public_id = laid()
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.CONSULTANT]).email
    other = people.at_desk(app, email)
    for address in ("/personale/service", week_of(workday()), f"{VISIT}/{public_id}", "/personale/service/hold"):
        assert other.get(address).status_code == 403
    assert people.browser(app).get(f"{VISIT}/{public_id}").status_code == 303
