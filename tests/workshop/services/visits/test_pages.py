"""The pages of planning and doing: the board, the week, the round and its paper, the visit on a phone, the things."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, garden, people, photos
from support.queries import counted

from tests.workshop.services.visits import rig
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.production.models import CapacityDay
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import QuoteState, RequestState, ServicePlace
from workshop.services.visits import actions
from workshop.services.visits import photos as visit_photos
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitMaterial, VisitPhoto, VisitState

GATE = "Koden til lågen er 4711"
VISIT = "/personale/service/besoeg"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.MANAGER]).email
    return people.at_desk(app, email)


def workday(ahead: int = 7) -> date:
    """A weekday to come that is no holiday in any year these tests run: a Tuesday in the first days of a month."""
    day = clock.local_day(clock.now()) + timedelta(days=ahead)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def week_of(day: date) -> str:
    at = day.isocalendar()
    return f"/personale/service/plan/{at.year}-{at.week}"


def agreed_at(session: Session, at: ServicePlace, **more: object) -> ServiceJob:
    """Hedge cutting that this customer has said yes to."""
    asked = garden.request(session, at=at, state=RequestState.ACCEPTED, wishes=["2026-W49", "2026-W50"])
    return garden.job(session, of=garden.quote(session, of=asked, state=QuoteState.ACCEPTED), **more)


def laid(*, day: date | None = None, state: VisitState = VisitState.PLANNED, **place: object) -> str:
    """A visit of a customer with a gate code, by default planned for a day to come; its public id."""
    on = day or workday()
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        at = garden.place(session, access_note=GATE, **place)
        agreed = agreed_at(session, at, note="Grenene bagved.")
        visit = garden.visit(session, of=agreed, day=on)
        if state is not VisitState.WAITING:
            rig.plan(session, visit, rig.team(session), day=on, now=clock.now())
        if state is VisitState.STARTED:
            actions.start(session, visit, now=clock.now(), by_staff_id=None)
        return visit.public_id


def of(public_id: str) -> Visit:
    with db.reading() as session:
        return session.scalars(sa.select(Visit).where(Visit.public_id == public_id)).one()


def team(name: str = "Hækholdet", **more: object) -> str:
    with db.transaction() as session:
        return rig.team(session, name=name, **more).public_id


def typed(public_id: str, team_id: str, **more: object) -> dict[str, object]:
    """What stands in the form of the plan."""
    values = {"version": of(public_id).version, "day": workday().isoformat(), "start": "9.30", "minutes": "90"}
    return {**values, "team": team_id, **more}


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


def test_the_round_is_driven_in_order_and_staff_may_choose_another(desk: FlaskClient) -> None:
    day = workday()
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        held = rig.team(session, equipment=["stige"])
        for number, north in enumerate((3, 1, 2)):
            where = {"latitude_e6": 56_022_000 + north * 9_000, "longitude_e6": 12_197_000}
            at = garden.place(session, street=f"Vej {north}", **where)
            agreed = agreed_at(session, at, equipment=["rive"])
            visit = garden.visit(session, of=agreed, day=day)
            rig.plan(session, visit, held, day=day, start_minute=540 + number * 60, now=clock.now())
        team_id = held.public_id
    address = f"/personale/serviceture/{day.isoformat()}"

    def streets() -> list[str]:
        return re.findall(r"<p>(Vej \d), 3200", desk.get(address).text)

    assert streets() in (["Vej 1", "Vej 2", "Vej 3"], ["Vej 3", "Vej 2", "Vej 1"])
    assert "stige, rive" in desk.get(address).text
    desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "klokken"})
    assert streets() == ["Vej 3", "Vej 1", "Vej 2"]
    first = re.search(rf'href="{VISIT}/([^"]+)">Hækklipning', desk.get(address).text)
    assert first is not None
    desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "ned", "visit": first[1]})
    assert streets() == ["Vej 1", "Vej 3", "Vej 2"]
    desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "kort"})
    assert streets() != ["Vej 1", "Vej 3", "Vej 2"]
    assert "map.project-osrm.org" in desk.get(address).text
    assert desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "op", "visit": "nobody"}).status_code == 404
    assert desk.get("/personale/serviceture/i-morgen").status_code == 404


def test_gate_codes_are_for_those_who_go_there(desk: FlaskClient, manager: FlaskClient) -> None:
    public_id = laid()
    shown = f"/personale/serviceture/{workday().isoformat()}"
    for address in (f"{VISIT}/{public_id}", shown):
        assert GATE in desk.get(address).text
        assert GATE not in manager.get(address).text
    assert GATE not in desk.get(week_of(workday())).text
    assert GATE in words_of(desk.get(f"{shown}/tur.pdf").data)
    assert GATE not in words_of(manager.get(f"{shown}/tur.pdf").data)
    assert manager.post(f"{VISIT}/{public_id}/begynd").status_code == 403
    assert "Vi kører nu" not in manager.get(f"{VISIT}/{public_id}").text


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join("".join(page.get_textpage().get_text_range() for page in document).split())


def test_the_paper_has_every_stop_and_an_empty_day_says_so(desk: FlaskClient) -> None:
    laid(street="Rosenvænget 8")
    text = words_of(desk.get(f"/personale/serviceture/{workday().isoformat()}/tur.pdf").data)
    for said in ("1. Hækklipning", "Rosenvænget 8, 3200 Helsinge", "Grenene bagved.", "Ane Eksempel"):
        assert said in text
    assert "Der er ingen besøg" in words_of(desk.get("/personale/serviceture/2026-01-01/tur.pdf").data)


def test_a_visit_is_done_in_three_taps(desk: FlaskClient) -> None:
    public_id = laid()
    assert "Vi kører nu" in desk.get(f"{VISIT}/{public_id}").text
    assert "Vi er begyndt" in desk.post(f"{VISIT}/{public_id}/paa-vej", follow_redirects=True).text
    assert "Vi er færdige" in desk.post(f"{VISIT}/{public_id}/begynd", follow_redirects=True).text
    assert "Færdig" in desk.post(f"{VISIT}/{public_id}/faerdig", follow_redirects=True).text
    assert of(public_id).state is VisitState.DONE
    with db.reading() as session:
        assert session.scalars(sa.select(sa.func.count(ServiceCharge.id))).one() == 1
        assert [each.key.split(":")[0] for each in rig.mails(session, "visit-")] == ["visit-on-the-way", "visit-done"]


def test_a_wrong_tap_is_taken_back_by_the_toast(desk: FlaskClient) -> None:
    public_id = laid()
    page = desk.post(f"{VISIT}/{public_id}/begynd", follow_redirects=True).text
    undo = re.search(rf'action="({VISIT}/{public_id}/fortryd\?version=\d+)"', page)
    assert undo is not None
    desk.post(undo[1])
    assert of(public_id).state is VisitState.PLANNED
    assert desk.post(undo[1]).status_code == 409


def test_what_was_used_is_written_and_half_a_line_is_asked_about(desk: FlaskClient) -> None:
    public_id = laid(state=VisitState.STARTED)
    answer = desk.post(f"{VISIT}/{public_id}/faerdig", data={"used_0": "grus"})
    assert answer.status_code == 422
    assert "Skriv, hvor meget I brugte." in answer.text
    assert 'value="grus"' in answer.text
    used = {"used_0": "grus", "amount_0": "2,5", "unit_0": "kg", "note": "Husk at vande."}
    assert "2,5" in desk.post(f"{VISIT}/{public_id}/faerdig", data=used, follow_redirects=True).text
    with db.reading() as session:
        assert [(each.text, str(each.quantity), each.unit) for each in session.scalars(sa.select(VisitMaterial))] == [
            ("grus", "2.50", "kg")
        ]


def test_what_could_not_be_done_waits_for_another_day(desk: FlaskClient) -> None:
    public_id = laid(state=VisitState.STARTED)
    assert desk.post(f"{VISIT}/{public_id}/kunne-ikke", data={"why": ""}).status_code == 422
    desk.post(f"{VISIT}/{public_id}/kunne-ikke", data={"why": "Lågen var låst.", "is_tried_again": "y"})
    assert of(public_id).state is VisitState.NOT_DONE
    page = desk.get("/personale/service/plan", follow_redirects=True).text
    assert "Uden dag endnu" in page


def test_a_photo_is_shown_only_when_somebody_has_looked(desk: FlaskClient, manager: FlaskClient) -> None:
    public_id = laid(state=VisitState.STARTED)
    sent = {"photo": (photos.jpeg(), "have.jpg"), "phase": "after"}
    answer = desk.post(f"{VISIT}/{public_id}/billeder", data=sent, follow_redirects=True)
    assert "Billedet er gemt." in answer.text
    visit_id = of(public_id).id
    with db.reading() as session:
        photo = session.scalars(sa.select(VisitPhoto)).one()
        assert visit_photos.shown(session, [visit_id]) == {}
    assert manager.get(f"{VISIT}/foto/{photo.name}-400.jpg").status_code == 200
    desk.post(f"{VISIT}/{public_id}/billeder/{photo.name}/vis", data={"shown": "1"})
    with db.reading() as session:
        assert [each.name for each in visit_photos.shown(session, [visit_id])[visit_id]] == [photo.name]
    desk.post(f"{VISIT}/{public_id}/billeder/{photo.name}/vis", data={"shown": "0"})
    with db.reading() as session:
        assert visit_photos.shown(session, [visit_id]) == {}
    other = laid()
    assert desk.post(f"{VISIT}/{other}/billeder/{photo.name}/fjern").status_code == 404
    desk.post(f"{VISIT}/{public_id}/billeder/{photo.name}/fjern")
    assert desk.get(f"{VISIT}/foto/{photo.name}-400.jpg").status_code == 404


def test_what_is_no_photo_is_refused_in_words(desk: FlaskClient) -> None:
    public_id = laid(state=VisitState.STARTED)
    sent = {"photo": (io.BytesIO(b"not a photo"), "have.jpg"), "phase": "after"}
    assert desk.post(f"{VISIT}/{public_id}/billeder", data=sent).status_code == 422
    assert desk.post(f"{VISIT}/{public_id}/billeder", data={"phase": "after"}).status_code == 422


def test_a_place_is_put_on_the_map_by_hand(desk: FlaskClient) -> None:
    public_id = laid()
    assert desk.post(f"{VISIT}/{public_id}/sted", data={"spot": "12.19745, 56.02213"}).status_code == 422
    assert desk.post(f"{VISIT}/{public_id}/sted", data={"spot": "bag kirken"}).status_code == 422
    desk.post(f"{VISIT}/{public_id}/sted", data={"spot": "56.02213, 12.19745"})
    with db.reading() as session:
        place = session.scalars(sa.select(ServicePlace)).one()
        assert (place.latitude_e6, place.longitude_e6) == (56_022_130, 12_197_450)
    assert "mlat=56.022130" in desk.get(f"{VISIT}/{public_id}").text
    desk.post(f"{VISIT}/{public_id}/sted", data={"spot": ""})
    with db.reading() as session:
        assert session.scalars(sa.select(ServicePlace)).one().latitude_e6 is None


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
    laid(state=VisitState.WAITING)
    page = desk.get("/personale/service").text
    found = {label: int(number) for number, label in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", page)}
    assert found["skal have svar"] == 1
    assert found["besøg skal planlægges"] == 1
    assert found["besøg i dag"] == 1
    assert found["kunder kender ikke dagen"] == 1
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
