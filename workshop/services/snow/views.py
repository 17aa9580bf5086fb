"""Staff's pages about snow: raise an alarm, look at who is to be cleared, confirm, and the log that is the proof."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import access, clock, crypto, db, identity
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.web import MenuEntry, settings
from workshop.services.snow import actions, log, queries, watching
from workshop.services.snow.forecast import BadForecast
from workshop.services.snow.forms import AlarmForm, ForecastForm
from workshop.services.snow.models import AlarmSource, AlarmState, SnowAlarm
from workshop.services.visits import queries as visits
from workshop.services.visits.models import Resource, ResourceKind
from workshop.services.visits.times import minute_text
from workshop.services.visits.words import short_hours, state_badge, state_name

PHOTOS = "/personale/service/besoeg/foto"
blueprint = Blueprint("snow", __name__, url_prefix="/personale/sne")
SOURCES = {AlarmSource.HAND: lazy("Skrevet af os"), AlarmSource.FORECAST: lazy("Vejrudsigten")}


MENU = (MenuEntry("garden", lazy("Sne"), "snow.page", "sne", "service:plan", order=50),)


@blueprint.get("")
@needs("service:plan")
def page() -> Response:
    """Alarms, and a form for a new one."""
    return _page(200)


@blueprint.post("")
@needs("service:plan")
def raise_alarm() -> Response:
    """Somebody has seen snow, or expects it."""
    form, now = AlarmForm.posted(), clock.now()
    if not form.validate():
        return _page(422, alarm=form)
    with db.transaction() as session:
        made = actions.raise_alarm(
            session,
            cause=f"hand-{form.once.data}",
            source=AlarmSource.HAND,
            depth_cm=form.depth.data or 0,
            from_at=form.from_at,
            text=form.text.data or "",
            now=now,
            by_staff_id=access.require_actor().account_id,
        )
        public_id = made.public_id
    return _to(public_id)


@blueprint.post("/udsigt")
@needs("service:plan")
def read_file() -> Response:
    """A forecast that somebody has as a file."""
    form, now = ForecastForm.posted(), clock.now()
    if not form.validate():
        return _page(422, file=form)
    try:
        with db.transaction() as session:
            made = watching.take_in(
                session, form.file.data.read(watching.LARGEST), now, access.require_actor().account_id
            )
            public_id = made.public_id if made else None
    except BadForecast as bad:
        form.file.errors = [str(bad)]
        return _page(422, file=form)
    if public_id is None:
        flash(_("Der kommer ikke mere sne, end I ved i forvejen."))
        return redirect(url_for("snow.page"), 303)
    return _to(public_id)


@blueprint.get("/<public_id>")
@needs("service:plan")
def alarm(public_id: str) -> Response:
    """One alarm: who is to be cleared, in which order, and by when."""
    return _alarm(public_id, 200)


@blueprint.post("/<public_id>/kald-ud")
@needs("service:plan")
def call_out(public_id: str) -> Response:
    """Those ticked are called out, with the teams ticked."""
    chosen, now = set(request.form.getlist("job")), clock.now()
    try:
        with db.transaction() as session:
            found = _find(session, public_id)
            job_ids = [row.job_id for row in queries.proposal(session, found) if row.public_id in chosen]
            chosen_teams = _teams_with_vehicles(session)
            called = actions.call_out(
                session,
                found,
                job_ids,
                resource_ids=list(chosen_teams),
                vehicle_of={team: vehicle for team, vehicle in chosen_teams.items() if vehicle is not None},
                now=now,
                by_staff_id=access.require_actor().account_id,
            )
    except Refusal as refusal:
        return _alarm(public_id, 409, said=refusal.sentence, ticked=chosen)
    _say(called)
    return _to(public_id)


@blueprint.post("/<public_id>/lad-vaere")
@needs("service:plan")
def dismiss(public_id: str) -> Response:
    """Nobody is called out."""
    with db.transaction() as session:
        actions.dismiss(
            session, _find(session, public_id), now=clock.now(), by_staff_id=access.require_actor().account_id
        )
    flash(_("Alarmen er lagt til side."))
    return redirect(url_for("snow.page"), 303)


@blueprint.get("/log")
@needs("service:plan")
def logs() -> str:
    """Every agreement about snow, with a way to its log."""
    with db.reading() as session:
        rows = queries.agreements(session)
    return render_template("services/snow/logs.html", rows=rows, minute_text=minute_text)


@blueprint.get("/log/<public_id>")
@needs("service:plan")
def log_page(public_id: str) -> str:
    """What was done for one agreement, a season at a time."""
    with db.reading() as session:
        shown = log.read(session, public_id, request.args.get("saeson", ""))
    if shown is None:
        raise NotHere
    return render_template("services/snow/log.html", shown=shown, words=log, folder=PHOTOS)


@blueprint.get("/log/<public_id>/log.pdf")
@needs("service:plan")
def log_paper(public_id: str) -> Response:
    """The same on paper."""
    with db.reading() as session:
        shown = log.read(session, public_id, request.args.get("saeson", ""))
    if shown is None:
        raise NotHere
    return log.answer(shown, identity.current())


def _say(called: actions.Called) -> None:
    if not called.visits:
        flash(_("De var kaldt ud i forvejen."))
        return
    text = ngettext("Der er kaldt ud til %(num)s sted.", "Der er kaldt ud til %(num)s steder.", called.visits)
    left = called.visits - called.planned
    if left:
        text += " " + ngettext(
            "%(num)s mangler et hold. Læg det i planen.", "%(num)s mangler et hold. Læg dem i planen.", left
        )
    if called.late:
        text += " " + ngettext(
            "%(num)s bliver først færdigt efter fristen.", "%(num)s bliver først færdige efter fristen.", called.late
        )
    flash(text)


def _teams_with_vehicles(session: Session) -> dict[int, int | None]:
    """The teams ticked, each with its vehicle, if any; what is not there is not chosen."""
    known = {each.public_id: each for each in visits.resources(session)}
    found: dict[int, int | None] = {}
    for team in (known[key] for key in request.form.getlist("team") if key in known):
        chosen = known.get(request.form.get(f"vehicle-{team.public_id}", ""))
        if team.kind is ResourceKind.TEAM:
            found[team.id] = chosen.id if chosen is not None and chosen.kind is ResourceKind.VEHICLE else None
    return found


def _find(session: Session, public_id: str) -> SnowAlarm:
    found = queries.alarm_by_public_id(session, public_id)
    if found is None:
        raise NotHere
    return found


def _to(public_id: str) -> Response:
    return redirect(url_for("snow.alarm", public_id=public_id), 303)


def _page(status: int, *, alarm: AlarmForm | None = None, file: ForecastForm | None = None) -> Response:
    now = clock.now()
    with db.reading() as session:
        found = queries.alarms(session)
    html = render_template(
        "services/snow/alarms.html",
        alarms=found,
        form=alarm or AlarmForm.at(now, crypto.new_public_id()),
        file=file or ForecastForm(),
        sources=SOURCES,
        is_fetched=bool(settings().snow_forecast_url),
        AlarmState=AlarmState,
    )
    return make_response(html, status)


def _alarm(public_id: str, status: int, *, said: str = "", ticked: set[str] | None = None) -> Response:
    with db.reading() as session:
        found = _find(session, public_id)
        rows = queries.proposal(session, found)
        things: list[Resource] = visits.resources(session)
        # What was chosen stays when a rule says no; else those begin who drove the last time.
        driving = queries.last_drove(session) if ticked is None else _teams_with_vehicles(session)
    html = render_template(
        "services/snow/alarm.html",
        alarm=found,
        rows=rows,
        teams=[each for each in things if each.kind is ResourceKind.TEAM],
        vehicles=[each for each in things if each.kind is ResourceKind.VEHICLE],
        said=said,
        ticked={row.public_id for row in rows if row.is_proposed} if ticked is None else ticked,
        driving=driving,
        hours=short_hours,
        sources=SOURCES,
        state_badge=state_badge,
        state_name=state_name,
        AlarmState=AlarmState,
    )
    return make_response(html, status)
