"""Today's kitchen on the tablet: what there is to eat, for how many, and what it takes; counted by who works there."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.accounts.models import Department
from workshop.citizens import queries as citizens
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.production.canteen import actions, ingredients
from workshop.production.canteen import queries as canteen
from workshop.production.canteen.actions import DayPlan, EditedMeanwhile
from workshop.production.canteen.blueprint import meal_name
from workshop.production.canteen.models import Meal
from workshop.production.canteen.queries import Heads
from workshop.tasks.kiosk import queries
from workshop.tasks.kiosk.blueprint import blueprint, this_tablet
from workshop.tasks.kiosk.forms import HeadsForm


@blueprint.get("/koekken")
@needs("kiosk:use")
def kitchen() -> Response:
    """What is eaten today; whoever has a task in the kitchen can say how many there are."""
    return _page(200)


@blueprint.post("/koekken")
@needs("kiosk:use")
def count_heads() -> Response:
    """So many eat today. The menu stays as it is."""
    form = HeadsForm.posted()
    if not form.validate():
        return _page(422, form)
    try:
        with db.transaction() as session:
            _check_may_count(session)
            here, today = _here(session), clock.local_day(clock.now())
            row = canteen.day(session, here.id, today)
            heads = Heads(form.breakfast.data or 0, form.lunch.data or 0, row.baking_count if row else 0)
            plan = DayPlan(heads, canteen.dishes_of(session, here.id, today), row.note if row else "")
            actions.plan_day(session, here.id, today, plan, version=form.seen)
    except EditedMeanwhile:
        return _page(409, form, say=_("En anden har talt imens. Se begge tal, og gem det, der passer."))
    except Refusal as refusal:
        return _page(422, form, say=refusal.sentence)
    flash(_("Tak. Tallene er gemt."))
    return redirect(url_for("kiosk.kitchen"), 303)


def is_open(session: Session) -> bool:
    """Whether there is something to see in the kitchen today, or somebody to count it."""
    return canteen.day(session, _here(session).id, clock.local_day(clock.now())) is not None or _may_count(session)


def _here(session: Session) -> Department:
    return canteen.kitchens(session, [this_tablet().department_id])[0]


def _may_count(session: Session) -> bool:
    person = citizens.own_citizen(session, access.require_actor())
    return queries.works_in_kitchen(session, person.id, clock.local_day(clock.now()))


def _check_may_count(session: Session) -> None:
    """Raise Refusal for somebody whose task it is not today."""
    if not _may_count(session):
        raise Refusal(_("Vent med tallet. Det skrives af den, der er i køkkenet."))


def _page(status: int, form: HeadsForm | None = None, *, say: str = "") -> Response:
    today = clock.local_day(clock.now())
    with db.reading() as session:
        here, may_count = _here(session), _may_count(session)
        row = canteen.day(session, here.id, today)
        served = canteen.sheet(session, here.id, today)
        guess = canteen.suggested(session, here.id, today) if row is None else None
    stored = canteen.heads_of(row) if row else None
    if form is None:
        form = HeadsForm.of(stored or guess)
        form.see(row.version if row else 0)
    elif status == 409:
        form.see(row.version if row else 0)  # sending again is then a choice and not an accident
    html = render_template(
        "kiosk/kitchen.html",
        today=today,
        served=served,
        note=row.note if row else "",
        form=form,
        stored=stored,
        is_guess=guess is not None,
        may_count=may_count,
        say=say,
        meal_name=meal_name,
        in_words=ingredients.in_words,
        Meal=Meal,
    )
    return make_response(html, status)
