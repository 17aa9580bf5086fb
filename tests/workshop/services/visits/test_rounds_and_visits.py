"""The pages of a day: the round and its paper, and the visit on a phone."""

from __future__ import annotations

import io
import re

import pypdfium2
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import garden, photos

from tests.workshop.services.visits import rig
from tests.workshop.services.visits.desk import GATE, VISIT, agreed_at, laid, of, week_of, workday
from workshop.core import clock, db
from workshop.services.billing.models import ServiceCharge
from workshop.services.requests.models import ServicePlace
from workshop.services.visits import photos as visit_photos
from workshop.services.visits.models import VisitMaterial, VisitPhoto, VisitState


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


def test_a_round_goes_by_the_clock_where_the_shortest_way_comes_when_nobody_expects_us(desk: FlaskClient) -> None:
    day = workday()
    with db.transaction() as session:
        garden.kind(session, season_from=None, season_to=None)
        held = rig.team(session)
        for north, start in ((1, 780), (2, 540), (3, 630)):  # the nearest was told the afternoon
            where = {"latitude_e6": 56_022_000 + north * 9_000, "longitude_e6": 12_197_000}
            agreed = agreed_at(session, garden.place(session, street=f"Vej {north}", **where))
            told = {"from_minute": 780, "to_minute": 960} if start == 780 else {}
            visit = garden.visit(session, of=agreed, day=day, **told)
            rig.plan(session, visit, held, day=day, start_minute=start, now=clock.now())
        team_id = held.public_id
    address = f"/personale/serviceture/{day.isoformat()}"
    page = desk.get(address).text
    assert re.findall(r"<p>(Vej \d), 3200", page) == ["Vej 2", "Vej 3", "Vej 1"]
    assert "Rækkefølgen følger klokken." in page
    assert "Omkring kl. 13.00" in page  # it waits until it is expected
    assert "Kunden regner med os" not in page
    desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "kort"})
    page = desk.get(address).text
    assert "Rækkefølgen er den korteste vej." in page
    assert "Kunden regner med os" in page
    desk.post(f"{address}/{team_id}/raekkefoelge", data={"deed": "klokken"})
    assert re.findall(r"<p>(Vej \d), 3200", desk.get(address).text) == ["Vej 2", "Vej 3", "Vej 1"]


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


def test_a_visit_of_another_day_is_not_driven_to_by_one_tap(desk: FlaskClient) -> None:
    first = desk.get(f"{VISIT}/{laid()}").text
    assert "Besøget er først" in first
    assert "Vi kører allerede i dag" in first
    now = desk.get(f"{VISIT}/{laid(day=clock.local_day(clock.now()))}").text
    assert "Vi kører nu" in now
    assert "Besøget er først" not in now


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
