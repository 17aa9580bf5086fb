"""Staff's page about what the garden service is owed: due, paid, and what was never billed.

It stands here and not beside the charges because what is paid at the door closes a payment page that may be open.
"""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from shop.booking import bounced, followers
from shop.orders.nudge import nudge
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.forms import BaseForm, NumberField, required
from workshop.core.i18n import _, lazy, ngettext
from workshop.core.money import PayMeans, kr
from workshop.core.web import MenuEntry, settings
from workshop.services.billing import actions, checking, letters, queries, words
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head

blueprint = Blueprint("billing", __name__, url_prefix="/personale/service/betaling")
HERE = "billing.page"


def _stuck() -> int:
    with db.reading() as session:
        return bounced.count(session)


MENU = (MenuEntry("garden", lazy("Betaling"), HERE, "banknote", "service:sell", order=60, count=_stuck),)


class MeansForm(BaseForm):
    """How a customer paid at the door."""

    betalt = RadioField(lazy("Hvordan har kunden betalt?"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.betalt.choices = [SelectChoice(means.value, means.label) for means in actions.AT_THE_DOOR]

    def validate_betalt(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {means.value for means in actions.AT_THE_DOOR}:
            raise ValidationError(_("Vælg, hvordan kunden har betalt."))


class CancelForm(BaseForm):
    """Why something is not to be paid after all."""

    hvorfor = StringField(
        lazy("Hvorfor skal det ikke betales?"),
        [
            required(lazy("Skriv, hvorfor det ikke skal betales. Kunden kan læse det.")),
            Length(max=300, message=lazy("Teksten er for lang. Skriv højst 300 tegn.")),
        ],
    )


class ByHandForm(BaseForm):
    """How a customer was given the money that would not go back to their card."""

    givet = RadioField(lazy("Hvordan har kunden fået pengene?"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.givet.choices = [SelectChoice(means.value, bounced.way_text(means)) for means in bounced.WAYS]

    def validate_givet(self, field: RadioField) -> None:
        """One of those offered."""
        if field.data not in {means.value for means in bounced.WAYS}:
            raise ValidationError(_("Vælg, hvordan kunden har fået pengene."))


class AgainForm(BaseForm):
    """The charge as it was seen, so that one press sends one mail."""

    version = NumberField()


@blueprint.get("")
@needs("service:sell")
def page() -> Response:
    """What is due, what was never billed, and the newest that are over."""
    with db.reading() as session:
        due, over = queries.due(session), queries.over(session)
        missing = checking.unbilled(session, clock.now())
        stuck = bounced.stuck(session)
    html = render_template(
        "services/billing/list.html",
        due=due,
        over=over,
        missing=missing,
        stuck=stuck,
        can_bill=any(each.can_be_billed for each in missing),
        ChargeState=ChargeState,
    )
    return make_response(html)


@blueprint.get("/<public_id>")
@needs("service:sell")
def one(public_id: str) -> Response:
    """One charge, and what can be done about it."""
    return _one(public_id, 200)


@blueprint.post("/<public_id>/betalt")
@needs("service:sell")
def paid(public_id: str) -> Response:
    """The customer has paid at the door; a payment page that is open is closed."""
    form = MeansForm.posted()
    if not form.validate():
        return _one(public_id, 422, means=form)
    now, staff_id = clock.now(), access.require_actor().account_id
    with db.transaction() as session:
        charge = _locked(session, public_id)
        actions.paid(session, charge, PayMeans(form.betalt.data), now=now, by_staff_id=staff_id)
        letters.paid(session, charge, Head.of(settings()), now)
        followers.close_pages_of(session, public_id, now)
        number = charge.number
    nudge(public_id, now)
    flash(_("%(number)s er betalt.", number=number))
    return redirect(url_for(HERE), 303)


@blueprint.post("/<public_id>/annuller")
@needs("service:sell")
def cancel(public_id: str) -> Response:
    """It is not to be paid after all; what was paid by card goes back."""
    form = CancelForm.posted()
    if not form.validate():
        return _one(public_id, 422, cancel=form)
    now, staff_id = clock.now(), access.require_actor().account_id
    with db.transaction() as session:
        charge = _locked(session, public_id)
        was_paid = actions.cancel(session, charge, form.hvorfor.data or "", by_staff_id=staff_id)
        followers.close_pages_of(session, public_id, now)
        if was_paid:
            followers.give_back(session, public_id, now)
        letters.cancelled(session, charge, Head.of(settings()), now, is_paid_back=was_paid)
        by_card, number = charge.paid_means is PayMeans.CARD, charge.number
    nudge(public_id, now)
    if was_paid and not by_card:
        flash(_("%(number)s er annulleret. Giv kunden pengene tilbage, som de blev betalt.", number=number))
    else:
        flash(_("%(number)s er annulleret.", number=number))
    return redirect(url_for(HERE), 303)


@blueprint.post("/<public_id>/tilbage-igen")
@needs("service:sell")
def back_again(public_id: str) -> Response:
    """Send money that came back from the customer's bank once more."""
    now = clock.now()
    with db.transaction() as session:
        _locked(session, public_id)
        bounced.send_again(session, public_id, now)
    nudge(public_id, now)
    flash(_("Vi har spurgt Stripe igen."))
    return redirect(url_for("billing.one", public_id=public_id), 303)


@blueprint.post("/<public_id>/tilbage-i-haanden")
@needs("service:sell")
def back_by_hand(public_id: str) -> Response:
    """The customer has got that money otherwise."""
    form, now = ByHandForm.posted(), clock.now()
    if not form.validate():
        return _one(public_id, 422, by_hand=form)
    means, staff_id = PayMeans(form.givet.data), access.require_actor().account_id
    with db.transaction() as session:
        charge = _locked(session, public_id)
        amount_ore = bounced.give_by_hand(session, charge, means, now=now, by_staff_id=staff_id)
    flash(_("Skrevet ned: %(amount)s er givet tilbage.", amount=kr(amount_ore)))
    return redirect(url_for("billing.one", public_id=public_id), 303)


@blueprint.post("/<public_id>/send")
@needs("service:sell")
def send(public_id: str) -> Response:
    """Send the customer the link again."""
    form, now = AgainForm.posted(), clock.now()
    with db.transaction() as session:
        charge = _locked(session, public_id)
        if not queries.customer_of(session, charge).customer_email:
            raise Refusal(_("Kunden har ingen mailadresse. Ring i stedet."))
        actions.told(session, charge, now, version=form.version.data or 0)
        letters.due(session, charge, Head.of(settings()), now)
    nudge(public_id, now)
    flash(_("Linket er sendt."))
    return redirect(url_for("billing.one", public_id=public_id), 303)


@blueprint.post("/mangler")
@needs("service:sell")
def bill() -> Response:
    """Write what was never billed; the customers are sent their links by the next round."""
    with db.transaction() as session:
        count = checking.bill(session, clock.now())
    flash(ngettext("%(num)s er lagt til betaling.", "%(num)s er lagt til betaling.", count))
    return redirect(url_for(HERE), 303)


def _locked(session: Session, public_id: str) -> ServiceCharge:
    """The charge, its money locked before it as everywhere. Raises NotHere."""
    followers.lock_money(session, public_id)
    charge = queries.by_public_id(session, public_id, is_locked=True)
    if charge is None:
        raise NotHere
    return charge


def _one(
    public_id: str,
    status: int,
    *,
    means: MeansForm | None = None,
    cancel: CancelForm | None = None,
    by_hand: ByHandForm | None = None,
) -> Response:
    with db.reading() as session:
        row = queries.row(session, public_id)
        found = queries.page(session, public_id)
        stuck = bounced.stuck(session, public_id)
    if row is None or found is None:
        raise NotHere
    html = render_template(
        "services/billing/one.html",
        row=row,
        job=found.job,
        place=found.place,
        charge=found.charge,
        means=means or MeansForm(),
        cancel=cancel or CancelForm(),
        stuck=stuck[0] if stuck else None,
        by_hand=by_hand or ByHandForm(),
        state_text=words.state_text,
        means_text=words.means_text,
        ChargeState=ChargeState,
    )
    return make_response(html, status)
