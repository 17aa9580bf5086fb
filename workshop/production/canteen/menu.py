"""The menu of a week, the heads of a day, and the sheet that hangs in the kitchen."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.production.canteen import actions, ingredients, queries
from workshop.production.canteen.actions import DayPlan
from workshop.production.canteen.blueprint import (
    blueprint,
    day_at,
    kitchen,
    kitchens,
    meal_name,
    week_at,
    week_url,
)
from workshop.production.canteen.forms import DayForm
from workshop.production.canteen.models import Meal
from workshop.production.routines.closed import closed_days

EMPTY_CHOICES = 2  # of each meal, beside the dishes that are chosen


@blueprint.get("")
@needs("production:read")
def this_week() -> Response:
    """On to the week we are in; from Saturday on to the one that comes."""
    today = clock.local_day(clock.now())
    with db.reading() as session:
        found = kitchens(session)
    if not found:
        raise NotHere
    return redirect(week_url(found[0].key, today + timedelta(days=2 if today.weekday() >= 5 else 0)), 303)


@blueprint.get("/<key>/<int:year>-<int:number>")
@needs("production:read")
def week(key: str, year: int, number: int) -> Response:
    """What there is to eat this week, and for how many."""
    monday = week_at(year, number)
    with db.reading() as session:
        here, others = kitchen(session, key), kitchens(session)
        days = queries.week(session, here.id, monday)
        has_dishes = bool(queries.dishes(session))
    html = render_template(
        "production/canteen/week.html",
        days=days,
        closed=closed_days(monday, monday + timedelta(days=6)),
        number=number,
        year=year,
        kitchen=here,
        others=[(each, week_url(each.key, monday)) for each in others],
        before=week_url(key, monday - timedelta(days=7)),
        after=week_url(key, monday + timedelta(days=7)),
        now=week_url(key, clock.local_day(clock.now())),
        today=clock.local_day(clock.now()),
        can_repeat=any(day.heads is None and day.suggested for day in days),
        has_dishes=has_dishes,
        meal_name=meal_name,
        meals=list(Meal),
    )
    return make_response(html)


@blueprint.post("/<key>/<int:year>-<int:number>/som-sidst")
@needs("production:edit")
def repeat(key: str, year: int, number: int) -> Response:
    """The days nobody has planned get the heads and the menu of the week before."""
    monday = week_at(year, number)
    closed = closed_days(monday, monday + timedelta(days=6))
    with db.transaction() as session:
        done = actions.repeat_last_week(session, kitchen(session, key).id, monday, closed)
    if done:
        flash(ngettext("%(num)s dag er som sidste uge.", "%(num)s dage er som sidste uge.", done))
    else:
        flash(_("Der er ikke flere dage at udfylde."))
    return redirect(week_url(key, monday), 303)


@blueprint.get("/<key>/dag/<day>")
@needs("production:edit")
def day(key: str, day: str) -> Response:
    """The form for a day; where nobody has counted yet, the numbers of last week stand in it."""
    on = day_at(day)
    with db.reading() as session:
        form = _filled(session, kitchen(session, key).id, on)
    return _day_page(key, on, form, 200)


@blueprint.post("/<key>/dag/<day>")
@needs("production:edit")
def plan(key: str, day: str) -> Response:
    """Say how many eat, and what."""
    on = day_at(day)
    form = DayForm.posted()
    with db.reading() as session:
        here = kitchen(session, key)
        form.offer(_choices(session, here.id, on))
    if not form.validate():
        return _day_page(key, on, form, 422)
    try:
        with db.transaction() as session:
            wanted = DayPlan(form.heads, form.dishes, form.note.data or "")
            actions.plan_day(session, here.id, on, wanted, version=form.seen)
    except actions.EditedMeanwhile as refusal:
        return _day_page(key, on, form, 409, said=refusal.sentence)
    except Refusal as refusal:
        form.form_errors.append(refusal.sentence)
        return _day_page(key, on, form, 422)
    flash(_("Dagen er gemt."))
    return redirect(week_url(key, on), 303)


@blueprint.get("/<key>/ark/<day>")
@needs("production:read")
def sheet(key: str, day: str) -> Response:
    """The sheet of a day, for the wall or the phone: what is made, for how many, and how much it takes."""
    on = day_at(day)
    with db.reading() as session:
        here = kitchen(session, key)
        served, row = queries.sheet(session, here.id, on), queries.day(session, here.id, on)
    html = render_template(
        "production/canteen/sheet.html",
        served=served,
        note=row.note if row else "",
        on=on,
        kitchen=here,
        week_url=week_url(key, on),
        before=url_for("canteen.sheet", key=key, day=on - timedelta(days=1)),
        after=url_for("canteen.sheet", key=key, day=on + timedelta(days=1)),
        meal_name=meal_name,
        in_words=ingredients.in_words,
        Meal=Meal,
    )
    return make_response(html)


def _filled(session: Session, department_id: int, on: date) -> DayForm:
    row = queries.day(session, department_id, on)
    heads = queries.heads_of(row) if row else queries.suggested(session, department_id, on)
    return DayForm.of(heads, queries.dishes_of(session, department_id, on), row)


def _choices(session: Session, department_id: int, on: date) -> list[tuple[str, str]]:
    """The dishes in use, and those the day has already."""
    chosen = {each for some in queries.dishes_of(session, department_id, on).values() for each in some}
    return [(str(row.id), row.name) for row in queries.dishes(session) if row.is_used or row.id in chosen]


def _day_page(key: str, on: date, form: DayForm, status: int, *, said: str = "") -> Response:
    with db.reading() as session:
        here = kitchen(session, key)
        form.offer(_choices(session, here.id, on))
        row = queries.day(session, here.id, on)
        suggested = None if row else queries.suggested(session, here.id, on)
        stored = queries.dishes_of(session, here.id, on) if said else {}
    if said:
        form.see(row.version if row else 0)  # sending again is then a choice and not an accident
    names = dict(form.lunch_dishes.choices or ())
    html = render_template(
        "production/canteen/day.html",
        form=form,
        on=on,
        kitchen=here,
        said=said,
        row=row,
        stored={meal: [names.get(str(each), "") for each in some] for meal, some in stored.items()},
        stored_heads=queries.heads_of(row) if row else queries.NOBODY,
        suggested=suggested,
        closed=closed_days(on, on).get(on, ""),
        week_url=week_url(key, on),
        meals=[(meal, meal_name(meal), form.head_field(meal), form.dish_field(meal), EMPTY_CHOICES) for meal in Meal],
    )
    return make_response(html, status)
