"""Staff raise an alarm, confirm it and read the log; the customer reads the same log by the agreement's link."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, garden

from shop.commands import program
from tests.conftest import make_settings
from tests.workshop.services.snow.fixtures import text
from tests.workshop.services.snow.scene import NIGHT, agreement, alarm
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Mode, settings_from
from workshop.core.errors import ConfigurationError
from workshop.services.door import Head
from workshop.services.jobs.models import ServiceJob
from workshop.services.snow import watching
from workshop.services.snow.models import AlarmSource, SnowAlarm
from workshop.services.visits import actions as visiting
from workshop.services.visits.models import ResourceKind, Visit, VisitPhase, VisitPhoto, VisitState


@pytest.fixture
def signed_in(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=(Role.WORKSHOP,)).email
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    return client


def winter(session: Session, **columns: object) -> ServiceJob:
    """An agreement whose season is on whatever the day is."""
    begins = clock.local_day(clock.now()) - timedelta(days=30)
    return agreement(session, season_from=None, season_to=None, starts_on=begins, **columns)


def form_word(html: str) -> str:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', html)
    assert found is not None
    return found[1]


def alarm_form(client: FlaskClient, **changes: str) -> dict[str, str]:
    here = clock.local(clock.now())
    typed = {"once": form_word(client.get("/personale/sne").text), "depth": "6", "text": "Det fyger."}
    return {**typed, "day": here.date().isoformat(), "time": "04:00", **changes}


def test_an_alarm_by_hand_becomes_visits_with_a_team(signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        job, team = winter(session), garden.resource(session)
        job_id, team_id, name = job.public_id, team.public_id, job.number
    typed = alarm_form(signed_in)
    answer = signed_in.post("/personale/sne", data=typed)
    again = signed_in.post("/personale/sne", data=typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == again.headers["Location"]
    page = signed_in.get(answer.headers["Location"])
    assert name in page.text
    assert "6 cm, og vi kommer fra 3 cm." in page.text
    for _press in range(2):
        called = signed_in.post(f"{answer.headers['Location']}/kald-ud", data={"job": job_id, "team": team_id})
        assert called.status_code == 303
    with db.reading() as session:
        (visit,) = session.scalars(sa.select(Visit))
    assert visit.state is VisitState.PLANNED
    shown = signed_in.get(answer.headers["Location"]).text
    assert f"/personale/service/besoeg/{visit.public_id}" in shown


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("depth", "0", "hele centimeter"),
        ("depth", "", "Fejl:"),
        ("depth", "9999999999", "Fejl:"),
        ("day", "2020-01-01", "fra i går"),
        ("day", "i morgen", "Fejl:"),
        ("time", "25:61", "Fejl:"),
        ("once", "x", "gammel"),
    ],
)
def test_what_is_typed_wrong_is_kept_and_said(signed_in: FlaskClient, field: str, value: str, said: str) -> None:
    answer = signed_in.post("/personale/sne", data=alarm_form(signed_in, **{field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert "error-summary" in answer.text
    assert "Det fyger." in answer.text


def test_nobody_ticked_comes_back_with_the_ticks_as_they_were(signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        winter(session)
        team_id, car_id = (
            garden.resource(session).public_id,
            garden.resource(session, of=ResourceKind.VEHICLE).public_id,
        )
    made = signed_in.post("/personale/sne", data=alarm_form(signed_in)).headers["Location"]
    answer = signed_in.post(f"{made}/kald-ud", data={})
    assert answer.status_code == 409
    assert "flueben" in answer.text
    assert " checked" not in answer.text
    answer = signed_in.post(f"{made}/kald-ud", data={"team": team_id, f"vehicle-{team_id}": car_id})
    assert f'value="{team_id}" checked' in answer.text
    assert f'value="{car_id}" selected' in answer.text


def test_those_who_drove_the_last_time_are_chosen_the_next(signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        job_id = winter(session).public_id
        team_id, car_id = (
            garden.resource(session).public_id,
            garden.resource(session, of=ResourceKind.VEHICLE).public_id,
        )
    first = signed_in.post("/personale/sne", data=alarm_form(signed_in)).headers["Location"]
    assert " selected" not in signed_in.get(first).text
    signed_in.post(f"{first}/kald-ud", data={"job": job_id, "team": team_id, f"vehicle-{team_id}": car_id})
    page = signed_in.get(signed_in.post("/personale/sne", data=alarm_form(signed_in)).headers["Location"]).text
    assert f'value="{team_id}" checked' in page
    assert f'value="{car_id}" selected' in page


def test_what_is_called_out_without_a_team_can_be_given_one_from_there(signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        job_id = winter(session).public_id
    made = signed_in.post("/personale/sne", data=alarm_form(signed_in)).headers["Location"]
    assert 'aria-current="page">' in signed_in.get(made).text.partition("Haven")[0].rpartition("<li>")[2]
    signed_in.post(f"{made}/kald-ud", data={"job": job_id})
    with db.reading() as session:
        (visit,) = session.scalars(sa.select(Visit))
    assert f'href="/personale/service/besoeg/{visit.public_id}/plan">Giv det et hold' in signed_in.get(made).text


def test_an_alarm_can_be_let_be(signed_in: FlaskClient) -> None:
    made = signed_in.post("/personale/sne", data=alarm_form(signed_in)).headers["Location"]
    assert signed_in.post(f"{made}/lad-vaere").status_code == 303
    assert "Ingen er kaldt ud" in signed_in.get(made).text


def coming_night() -> str:
    return text([0, 0, 0.02, 0.05, 0.08], first=clock.now().replace(minute=0, second=0, microsecond=0))


def test_a_forecast_file_raises_an_alarm(signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        winter(session)
    answer = signed_in.post("/personale/sne/udsigt", data={"file": (io.BytesIO(coming_night().encode()), "dmi.json")})
    assert answer.status_code == 303
    assert "8 cm sne" in signed_in.get(answer.headers["Location"]).text
    again = signed_in.post("/personale/sne/udsigt", data={"file": (io.BytesIO(coming_night().encode()), "dmi.json")})
    assert again.headers["Location"] == "/personale/sne"
    wrong = signed_in.post("/personale/sne/udsigt", data={"file": (io.BytesIO(b"sne"), "sne.txt")})
    assert wrong.status_code == 422
    assert "ikke en vejrudsigt" in wrong.text


def test_the_command_reads_a_file(app: Flask, tmp_path: Path) -> None:
    with db.transaction() as session:
        winter(session)
    good, bad = tmp_path / "dmi.json", tmp_path / "bad.json"
    good.write_text(coming_night())
    bad.write_text(json.dumps({"type": "Feature"}))
    told = [CliRunner().invoke(program, ["snow", str(path)], obj=of(app)) for path in (good, good, bad)]
    assert [answer.exit_code for answer in told] == [0, 0, 2]
    assert told[0].output.startswith("Alarm: 8 cm, ")
    assert "ikke mere sne" in told[1].output
    assert "CoverageJSON" in told[2].output


def of(app: Flask):  # type: ignore[no-untyped-def]  # what the command group takes
    from flask.cli import ScriptInfo

    return ScriptInfo(create_app=lambda: app)


def made_visit(session: Session, job: ServiceJob) -> Visit:
    """One that was driven to, begun, photographed, gritted and finished."""
    found = alarm(session)
    visit = garden.visit(
        session, of=job, day=date(2027, 1, 13), occasion=f"snow-{found.id}", original_on=None, snow_alarm_id=found.id,
        state=VisitState.STARTED, on_way_at=NIGHT, started_at=NIGHT + timedelta(minutes=10),
    )  # fmt: skip
    visiting.finish(
        session, visit, note="Trappen med.", materials=[visiting.Used("grus", Decimal("7.50"), "kg")],
        now=NIGHT + timedelta(minutes=35), by_staff_id=None,
    )  # fmt: skip
    for name, is_shown in (("shown", True), ("hidden", False)):
        session.add(
            VisitPhoto(
                visit_id=visit.id, phase=VisitPhase.AFTER, name=name, width=800, height=800, is_shown=is_shown,
                added_at=NIGHT,
            )
        )  # fmt: skip
    session.flush()
    return visit


def test_the_log_is_the_proof_for_staff_and_for_the_customer(app: Flask, signed_in: FlaskClient) -> None:
    with db.transaction() as session:
        job = agreement(session)
        made_visit(session, job)
        public_id, number = job.public_id, job.number
    assert number in signed_in.get("/personale/sne/log").text
    customer = app.test_client()
    assert customer.get(f"/aftale/{public_id}/snelog").status_code == 404
    head = Head.of(app.extensions["settings"])
    assert customer.get(head.link("job", public_id).removeprefix(head.base_url)).status_code == 303
    for shown in (signed_in.get(f"/personale/sne/log/{public_id}"), customer.get(f"/aftale/{public_id}/snelog")):
        assert shown.status_code == 200
        for said in ("Snelog 2026/2027", "4.10–4.35", "6 cm fra kl. 4.00", "7,5 kg grus", "Trappen med.", "shown-400"):
            assert said in shown.text
        assert "hidden-400" not in shown.text  # nobody has looked whether there are people on it
    for paper in (f"/personale/sne/log/{public_id}/log.pdf", f"/aftale/{public_id}/snelog.pdf"):
        answer = (customer if paper.startswith("/aftale") else signed_in).get(paper)
        assert answer.data.startswith(b"%PDF")
    assert app.test_client().get(f"/aftale/{public_id}/snelog.pdf").status_code == 404


class Station(BaseHTTPRequestHandler):
    """A weather service on a port of its own."""

    body = b""
    asked: list[str | None] = []  # noqa: RUF012 — one station at a time

    def do_GET(self) -> None:
        Station.asked.append(self.headers.get(watching.KEY_HEADER))
        if self.path == "/gone":
            self.send_response(302)
            self.send_header("Location", "/forecast")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(Station.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is the library's
        """Keep still."""


@pytest.fixture
def station() -> Iterator[str]:
    Station.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Station) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_forecast_is_fetched_once_an_hour_with_its_key(app: Flask, station: str, tmp_path: Path) -> None:
    with db.transaction() as session:
        winter(session)
    Station.body = coming_night().encode()
    kept = app.extensions["settings"]
    chosen = make_settings(
        kept.database_url, tmp_path, snow_forecast_url=f"{station}/forecast", snow_forecast_key="hemmelig"
    )
    look, now = watching.sweep(chosen), clock.now()
    assert [look(now), look(now + timedelta(minutes=59)), look(now + timedelta(minutes=61))] == [1, 0, 0]
    assert Station.asked == ["hemmelig", "hemmelig"]
    assert "hemmelig" not in repr(chosen)
    with db.reading() as session:
        (found,) = session.scalars(sa.select(SnowAlarm))
    assert (found.source, found.depth_cm) == (AlarmSource.FORECAST, 8)


@pytest.mark.parametrize("path", ["/gone", "/forecast"])
def test_a_forecast_that_cannot_be_had_is_tried_again_and_stops_nothing(
    app: Flask, station: str, tmp_path: Path, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.transaction() as session:
        winter(session)
    Station.body = b"<html>mail@example.dk</html>"
    chosen = make_settings(app.extensions["settings"].database_url, tmp_path, snow_forecast_url=station + path)
    look, now = watching.sweep(chosen), clock.now()
    assert [look(now), look(now + timedelta(minutes=14)), look(now + timedelta(minutes=16))] == [0, 0, 0]
    assert len(Station.asked) == 2
    said = capsys.readouterr()
    assert "mail@example.dk" not in said.out + said.err


def test_without_an_address_nothing_is_fetched(app: Flask, station: str) -> None:
    assert watching.sweep(app.extensions["settings"])(clock.now()) == 0
    assert Station.asked == []


def test_an_address_without_https_stops_production() -> None:
    secrets = {
        "SECRET_KEY": "x" * 40, "PIN_PEPPER": "x" * 40, "STRIPE_SECRET_KEY": "x", "STRIPE_WEBHOOK_SECRET": "x",
        "MASTER_KEY": "A" * 43, "BASE_URL": "https://butik.example",
    }  # fmt: skip
    for wrong in ("http://vejr.example/edr", "vejr.example", "https://key@vejr.example/edr"):
        with pytest.raises(ConfigurationError, match="SNOW_FORECAST_URL"):
            settings_from({**secrets, "SNOW_FORECAST_URL": wrong})
    right = settings_from({**secrets, "SNOW_FORECAST_URL": "https://vejr.example/edr", "SNOW_FORECAST_KEY": "k"})
    assert (right.mode, right.snow_forecast_key) == (Mode.PRODUCTION, "k")
