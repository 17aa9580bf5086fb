"""What the menu takes and the purchase list does not have yet."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField
from wtforms.validators import ValidationError

from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.forms import BaseForm, required
from workshop.core.i18n import _, lazy, ngettext
from workshop.production.canteen import actions, ingredients, queries
from workshop.production.canteen.blueprint import blueprint
from workshop.production.forms import planned_day

LONGEST = 31


class DaysForm(BaseForm):
    """From one day to another, both included."""

    first = DateField(lazy("Fra og med"), [required(lazy("Vælg den første dag.")), planned_day])
    last = DateField(lazy("Til og med"), [required(lazy("Vælg den sidste dag.")), planned_day])

    def validate_last(self, field: DateField) -> None:
        """The days come in order, and are few enough to be meant."""
        if self.first.data and field.data and not 0 <= (field.data - self.first.data).days < LONGEST:
            raise ValidationError(_("Vælg en dag efter den første, højst en måned frem."))


@blueprint.get("/indkoeb")
@needs("production:read")
def shopping() -> Response:
    """What has to be bought for the days asked for; from today to the end of the working week when none are."""
    today = clock.local_day(clock.now())
    asked = {name: request.args[name] for name in ("first", "last") if name in request.args}
    form = DaysForm(request.args) if asked else DaysForm(data={"first": today, "last": _usual_last(today)})
    return _page(form, 200 if not asked or form.validate() else 422)


@blueprint.post("/indkoeb")
@needs("production:edit")
def put_on_list() -> Response:
    """Put what is ticked on the purchase list, once."""
    form = DaysForm.posted()
    if not form.validate():
        return _page(form, 422)
    with db.transaction() as session:
        made = actions.put_on_list(
            session,
            set(request.form.getlist("things")),
            form.first.data,
            form.last.data,
            now=clock.now(),
            by_staff_id=access.require_actor().account_id,
        )
    if made:
        flash(ngettext("%(num)s linje er skrevet på listen.", "%(num)s linjer er skrevet på listen.", made))
    else:
        flash(_("Der er ikke skrevet noget. Det står på listen, eller der er ikke sat kryds."))
    first, last = form.first.data.isoformat(), form.last.data.isoformat()
    return redirect(url_for("canteen.shopping", first=first, last=last), 303)


def _usual_last(today: date) -> date:
    """The Friday of this week; from Friday on the next one, for that is what one shops for then."""
    ahead = 4 - today.weekday()
    return today + timedelta(days=ahead if ahead > 0 else ahead + 7)


def _page(form: DaysForm, status: int) -> Response:
    found: list[queries.ToBuy] = []
    if not form.errors:
        with db.reading() as session:
            found = queries.shopping(session, form.first.data, form.last.data)
    html = render_template(
        "production/canteen/shopping.html",
        form=form,
        things=found,
        lacking=sum(each.lacks > 0 for each in found),
        in_words=ingredients.in_words,
        Ingredient=ingredients.Ingredient,
    )
    return make_response(html, status)
