"""My competence card: I own it, take off what is not to stand there, and have it on paper."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from workshop.core import clock, db
from workshop.core.access import needs
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression.cards import actions, paper
from workshop.progression.cards.contents import Card, card_of
from workshop.progression.cards.forms import CardForm
from workshop.progression.mine.blueprint import blueprint, enter, is_own_phone


@blueprint.get("/mit-kort")
@needs("kiosk:use")
def card() -> Response:
    """The card, to edit down."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        found = card_of(session, me, clock.local_day(now))
    on = [line.key for line in found.shown]
    form = CardForm(data={"on": on, "own_words": found.own_words, "shows_work": found.shows_work})
    return _page(found, form, 200)


@blueprint.post("/mit-kort")
@needs("kiosk:use")
def card_post() -> Response:
    """Keep the card as I want it."""
    now = clock.now()
    me = enter(now, deed="write")
    with db.reading() as session:
        found = card_of(session, me, clock.local_day(now))
    keys = [line.key for line in found.lines]
    form = CardForm.posted().fill(keys)
    if not form.validate():
        return _page(found, form, 422)
    with db.transaction() as session:
        actions.edit(
            session,
            me.id,
            own_words=form.own_words.data or "",
            shows_work=form.shows_work.data,
            left_out=set(keys) - set(form.on.data or ()),
            now=now,
        )
    flash(_("Dit kort er gemt."))
    return redirect(url_for("mine.card_shown"), 303)


@blueprint.get("/mit-kort/vis")
@needs("kiosk:use")
def card_shown() -> Response:
    """The card as others will see it. The whole name is for paper: a shared tablet says the one everybody uses."""
    now = clock.now()
    me = enter(now)
    with db.reading() as session:
        found = card_of(session, me, clock.local_day(now))
    if not is_own_phone():
        found = replace(found, name=me.display_name)
    return make_response(render_template("mine/card_shown.html", card=found))


@blueprint.get("/mit-kort.pdf")
@needs("kiosk:use")
def card_paper() -> Response:
    """The card as a file, on one's own phone. Raises Refusal on a tablet that others use too."""
    now = clock.now()
    if not is_own_phone():
        raise Refusal(_("En fil hører til på din egen telefon. Spørg personalet om et print."))
    me = enter(now)
    with db.snapshot() as session:
        found = card_of(session, me, clock.local_day(now))
    return paper.answer(found, clock.local_day(now))


def _page(found: Card, form: CardForm, status: int) -> Response:
    form.fill([line.key for line in found.lines])
    return make_response(render_template("mine/card.html", card=found, form=form), status)
