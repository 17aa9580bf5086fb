"""Something is wrong with what was bought: written on the order's own page, answered by mail. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.orders import actions as orders
from shop.orders import story
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order
from shop.orders.withdrawing import deadlines, mails, photos
from shop.orders.withdrawing.models import Complaint, ComplaintState
from workshop.core import clock
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _, ngettext
from workshop.core.images import Photo

MOST_OPEN = 5  # of one order; more is somebody leaning on the button


def complain(
    session: Session,
    public_id: str,
    *,
    once: str,
    text: str,
    kept: Sequence[Photo] = (),
    head: Letterhead,
    now: datetime,
) -> Complaint:
    """Keep what the customer wrote, and say by mail that we have it. `once`, the form's word, becomes its id.

    `kept` are photos that lie in the store; a second time they belong to nothing, and whoever put them there takes
    them away.

    Raises Refusal before hand-over, after two years, and for too many that wait for an answer.
    """
    order = orders.load(session, public_id)
    before = session.scalar(sa.select(Complaint).where(Complaint.public_id == once))
    if before is not None:
        return _same(before, order)
    refuse_unless_in_time(order.handed_over_at, clock.local_day(now))
    waiting = sa.select(sa.func.count(Complaint.id)).where(
        Complaint.order_id == order.id, Complaint.state == ComplaintState.OPEN
    )
    if (session.scalar(waiting) or 0) >= MOST_OPEN:
        raise Refusal(_("Vi har allerede flere reklamationer fra dig, som vi ser på. Ring, hvis der er mere."))
    complaint = Complaint(public_id=once, order_id=order.id, text=text, at=now)
    try:
        with session.begin_nested():
            session.add(complaint)
            session.flush()
    except IntegrityError:  # the same word for another order, at the same moment
        return _same(session.scalars(sa.select(Complaint).where(Complaint.public_id == once)).one(), order)
    photos.add(session, complaint, kept, now)
    story.tell(session, order, _said(len(kept)), now)
    mails.complaint_received(session, order, complaint, len(kept), head, now)
    return complaint


def _said(pictures: int) -> str:
    if not pictures:
        return _("Kunden har reklameret.")
    return ngettext(
        "Kunden har reklameret og sendt %(num)s billede.", "Kunden har reklameret og sendt %(num)s billeder.", pictures
    )


def _same(complaint: Complaint, order: Order) -> Complaint:
    if complaint.order_id != order.id:
        raise Refusal(_("Siden er for gammel. Åbn den igen."))
    return complaint


def refuse_unless_in_time(handed_over_at: datetime | None, today: date) -> None:
    """Raise Refusal outside the two years in which one can complain."""
    if handed_over_at is None:
        raise Refusal(_("Du kan reklamere, når du har fået varen."))
    if today > deadlines.complaint_until(clock.local_day(handed_over_at)):
        raise Refusal(_("Fristen på to år er gået. Ring til os, hvis du vil høre mere."))


def answer(
    session: Session, public_id: str, *, text: str, head: Letterhead, now: datetime, by_staff_id: int | None
) -> None:
    """Answer by mail; the same answer twice is once. Raises Refusal when there is another answer."""
    order = _order_of(session, public_id)
    complaint = _changed(session, public_id, ComplaintState.OPEN, ComplaintState.ANSWERED, text, now, by_staff_id)
    if complaint is None:
        if session.scalar(sa.select(Complaint.answer).where(Complaint.public_id == public_id)) == text:
            return  # the other press of a double click
        raise Refusal(_("Der er allerede svaret. Se svaret herunder."))
    story.tell(session, order, _("Reklamationen er besvaret."), now, by_staff_id=by_staff_id)
    mails.complaint_answered(session, order, complaint, head, now)


def close(session: Session, public_id: str, *, now: datetime, by_staff_id: int | None) -> None:
    """Nothing more is to be done about it; a second time changes nothing. Raises Refusal before it is answered."""
    order = _order_of(session, public_id)
    state = session.scalar(sa.select(Complaint.state).where(Complaint.public_id == public_id))
    if state is ComplaintState.OPEN:
        raise Refusal(_("Svar kunden først. Så kan den lukkes."))
    if _changed(session, public_id, ComplaintState.ANSWERED, ComplaintState.CLOSED, None, now, by_staff_id):
        story.tell(session, order, _("Reklamationen er lukket."), now, by_staff_id=by_staff_id)


def _order_of(session: Session, public_id: str) -> Order:
    found = session.scalar(
        sa.select(Order.public_id)
        .join(Complaint, Complaint.order_id == Order.id)
        .where(Complaint.public_id == public_id)
    )
    if found is None:
        raise NotHere
    return orders.load(session, found)


def _changed(
    session: Session,
    public_id: str,
    before: ComplaintState,
    after: ComplaintState,
    text: str | None,
    now: datetime,
    by_staff_id: int | None,
) -> Complaint | None:
    """The complaint in its new state; None when it was not in the old one."""
    values: dict[str, object] = {"state": after, "by_staff_id": by_staff_id}
    if text is not None:
        values |= {"answer": text, "answered_at": now}
    changed = session.execute(
        sa.update(Complaint)
        .where(Complaint.public_id == public_id, Complaint.state == before)
        .values(**values)
        .execution_options(synchronize_session=False)
        .returning(Complaint.id)
    ).scalar_one_or_none()
    return None if changed is None else session.get_one(Complaint, changed, populate_existing=True)
