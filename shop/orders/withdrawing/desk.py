"""The desk's pages about withdrawals and complaints: what waits for an answer, and how it was settled."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shop.orders import queries as orders
from shop.orders.letterhead import Letterhead
from shop.orders.models import OrderState
from shop.orders.nudge import nudge
from shop.orders.withdrawing import actions, complaining, deadlines, queries, refunding, services
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.forms import AnswerForm, AttachForm, RefuseForm
from shop.orders.withdrawing.models import ComplaintState, WithdrawalState
from workshop.core import access, clock, db
from workshop.core.access import needs
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, lazy
from workshop.core.web import MenuEntry, settings
from workshop.products.photos import serving


def _waiting() -> int:
    with db.reading() as session:
        return queries.count_waiting(session)


MENU = (
    MenuEntry("orders", lazy("Fortrydelser"), "withdrawing.desk", "tilbage", "order:read", order=40, count=_waiting),
)


@blueprint.get("/personale/ordrer/fortrydelser")
@needs("order:read")
def desk() -> Response:
    """What somebody declared or complained of, what waits for us first."""
    with db.reading() as session:
        rows = queries.withdrawals(session)
        complaints = queries.complaints(session)
    html = render_template(
        "withdrawing/desk.html",
        rows=rows,
        complaints=complaints,
        today=clock.local_day(clock.now()),
        WithdrawalState=WithdrawalState,
        ComplaintState=ComplaintState,
    )
    return make_response(html)


@blueprint.get("/personale/ordrer/fortrydelser/<public_id>")
@needs("order:read")
def one(public_id: str) -> Response:
    """One declaration: what it says, which order it is about, whether it came in time, and what to do."""
    return _page(public_id, AttachForm(), RefuseForm(), 200)


@blueprint.post("/personale/ordrer/fortrydelser/<public_id>/ordre")
@needs("order:handle")
def attach(public_id: str) -> Response:
    """Say which order it is about."""
    form = AttachForm.posted()
    if not form.validate():
        return _page(public_id, form, RefuseForm(), 422)
    try:
        with db.transaction() as session:
            actions.attach(session, public_id, str(form.nummer.data), now=clock.now())
    except Refusal as no:
        form.nummer.errors = [no.sentence]
        return _page(public_id, form, RefuseForm(), 422)
    return _back(public_id, _("Ordren er fundet."))


@blueprint.post("/personale/ordrer/fortrydelser/<public_id>/afvis")
@needs("order:refund")
def refuse(public_id: str) -> Response:
    """Say no, with the reason, by mail."""
    form = RefuseForm.posted()
    if not form.validate():
        return _page(public_id, AttachForm(), form, 422)
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        actions.refuse(session, public_id, reason=str(form.grund.data), head=head, now=now, by_staff_id=_staff_id())
    nudge(public_id, now)
    return _back(public_id, _("Afvist. Kunden får en mail med grunden."))


@blueprint.post("/personale/ordrer/fortrydelser/<public_id>/annuller")
@needs("order:refund")
def call_off(public_id: str) -> Response:
    """End the whole order before hand-over; reserved money is let go."""
    head, now = Letterhead.of(settings()), clock.now()
    with db.transaction() as session:
        order_id = actions.call_off(session, public_id, head=head, now=now, by_staff_id=_staff_id())
    nudge(order_id, now)
    return _back(public_id, _("Ordren er annulleret. Kunden får en mail."))


@blueprint.post("/personale/ordrer/fortrydelser/<public_id>/tag-ud")
@needs("order:refund")
def take_off(public_id: str) -> Response:
    """Take what was chosen off an order that is not handed over, and for which nothing was taken.

    Who declared it without signing in has chosen in words; then it is staff who say which lines are meant.
    """
    head, now = Letterhead.of(settings()), clock.now()
    with db.reading() as session:
        row = queries.withdrawal(session, public_id)
        chosen = queries.chosen_lines(session, public_id)
    if row is None or row.order_public_id is None:
        raise NotHere
    with db.transaction() as session:
        refunding.take_off(
            session,
            row.order_public_id,
            pieces=list(chosen.items()) or _pieces_named(),
            withdrawal=public_id,
            head=head,
            now=now,
            by_staff_id=_staff_id(),
        )
    nudge(row.order_public_id, now)
    return _back(public_id, _("Taget ud af ordren. Kunden får en mail."))


def _pieces_named() -> list[tuple[int, int]]:
    """(order line id, pieces) as the form names them; what is no number names nothing."""
    named = [(name.removeprefix("antal-"), count) for name, count in request.form.items() if name.startswith("antal-")]
    return [(int(line), int(count)) for line, count in named if _is_number(line) and _is_number(count)]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


@blueprint.post("/personale/ordrer/fortrydelser/<public_id>/afslut")
@needs("order:refund")
def settle(public_id: str) -> Response:
    """Nothing more is to be done about it."""
    note = request.form.get("note", "").replace("\x00", "").strip()[:300]
    with db.transaction() as session:
        actions.settle(session, public_id, note=note, now=clock.now(), by_staff_id=_staff_id())
    return _back(public_id, _("Afsluttet."))


@blueprint.get("/personale/ordrer/reklamationer/<public_id>")
@needs("order:read")
def complaint(public_id: str) -> Response:
    """One complaint, and our answer."""
    return _complaint_page(public_id, AnswerForm(), 200)


@blueprint.post("/personale/ordrer/reklamationer/<public_id>")
@needs("order:handle")
def answer(public_id: str) -> Response:
    """Answer by mail."""
    form = AnswerForm.posted()
    if not form.validate():
        return _complaint_page(public_id, form, 422)
    head, now, text = Letterhead.of(settings()), clock.now(), str(form.svar.data)
    try:
        with db.transaction() as session:
            complaining.answer(session, public_id, text=text, head=head, now=now, by_staff_id=_staff_id())
            row = queries.complaint(session, public_id)
    except Refusal as no:
        return _complaint_page(public_id, form, 409, no.sentence)
    if row is not None:
        nudge(row.order_public_id, now)
    return _to_complaint(public_id, _("Svaret er sendt til kunden."))


@blueprint.post("/personale/ordrer/reklamationer/<public_id>/luk")
@needs("order:handle")
def close(public_id: str) -> Response:
    """Nothing more is to be done about it."""
    with db.transaction() as session:
        complaining.close(session, public_id, now=clock.now(), by_staff_id=_staff_id())
    return _to_complaint(public_id, _("Reklamationen er lukket."))


def _page(public_id: str, attach: AttachForm, refuse: RefuseForm, status: int) -> Response:
    with db.reading() as session:
        row = queries.withdrawal(session, public_id)
        if row is None:
            raise NotHere
        waits = row.state is WithdrawalState.RECEIVED
        is_found = row.order_id is not None or row.job_id is not None
        suggestions = [] if is_found or not waits else _suggestions(session, row)
        chosen = queries.chosen_lines(session, public_id)
        found = orders.page(session, row.order_public_id) if row.order_public_id else None
        refunds = queries.refunds_of(session, found.order.id) if found else []
    html = render_template(
        "withdrawing/one.html",
        row=row,
        waits=waits,
        found=found,
        order=found.order if found else None,
        chosen=chosen,
        refunds=refunds,
        suggestions=suggestions,
        attach=attach,
        refusal=refuse,
        today=clock.local_day(clock.now()),
        WithdrawalState=WithdrawalState,
        OrderState=OrderState,
    )
    return make_response(html, status)


def _suggestions(session: Session, row: queries.WithdrawalRow) -> list[queries.Suggestion]:
    """Orders and jobs it could be about, those of the number's own kind first."""
    of_orders, of_services = queries.suggestions(session, row), services.suggestions(session, row)
    return [*of_services, *of_orders] if queries.service_number(row.order_number) else [*of_orders, *of_services]


def _complaint_page(public_id: str, form: AnswerForm, status: int, sentence: str | None = None) -> Response:
    with db.reading() as session:
        row = queries.complaint(session, public_id)
    if row is None:
        raise NotHere
    until = deadlines.complaint_until(clock.local_day(row.handed_over_at)) if row.handed_over_at else None
    html = render_template(
        "withdrawing/complaint.html",
        row=row,
        folder=url_for("withdrawing.complaint", public_id=public_id) + "/foto",
        srcset=serving.srcset,
        form=form,
        until=until,
        sentence=sentence,
        ComplaintState=ComplaintState,
    )
    return make_response(html, status)


def _staff_id() -> int:
    return access.require_actor().account_id


def _back(public_id: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("withdrawing.one", public_id=public_id), 303)


def _to_complaint(public_id: str, sentence: str) -> Response:
    flash(sentence)
    return redirect(url_for("withdrawing.complaint", public_id=public_id), 303)
