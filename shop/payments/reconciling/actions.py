"""Comparing Stripe's books with ours. What we are only behind on is settled the ordinary way; the rest is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.payments import actions, looking
from shop.payments.gateway import PaymentUnavailable, StripeGateway
from shop.payments.looking import Seen
from shop.payments.models import Finding, FindingKind, Payment, PaymentState, Reconciliation
from shop.payments.reconciling import books, differing, queries
from shop.payments.reconciling.differing import Difference
from shop.payments.reconciling.house import Expects, House, Standing
from workshop.core import db
from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.core.money import kr

log = structlog.get_logger()
DAYS = 30


@dataclass(frozen=True)
class Compared:
    """What a comparison came to: payments looked at, those that were behind and are settled now, what is open."""

    payments_seen: int
    caught_up: int
    found: int


@dataclass
class _Pairs:
    """What Stripe showed beside what we have; `lonely` is money at Stripe that no row of ours is about."""

    both: list[tuple[Payment, Seen | None]]
    lonely: list[Seen]


def nightly(house: House, now: datetime) -> int:
    """The sweep: once a night; how many were compared. When Stripe is away it is tried again the next minute."""
    with db.reading() as session:
        if not queries.is_due(session, now):
            return 0
    try:
        return compare(house, now).payments_seen
    except PaymentUnavailable as trouble:
        log.warning("comparison put off", why=trouble.reason)
        return 0


def compare(house: House, now: datetime, *, days: int = DAYS) -> Compared:
    """Hold the last `days` days of Stripe's books up against ours, and write down what does not fit.

    Opens blocks of its own, because calls to Stripe stand between them. Raises PaymentUnavailable.
    """
    since, gateway = now - timedelta(days=days), house.gateway()
    with db.reading() as session:
        still_open = [(each.object_id, each.reference) for each in queries.open_findings(session)]
    seen = _with_open(gateway, books.read(gateway, since), [object_id for object_id, _reference in still_open])
    pairs = _paired(gateway, seen, since, {each for pair in still_open for each in pair if each})
    caught_up, found = 0, [each for each in map(differing.of_unknown, pairs.lonely) if each]
    for payment, shown in pairs.both:
        if differing.of_payment(payment, shown) is None:
            continue
        left = _look_again(house, gateway, payment, shown, now)
        caught_up += left is None
        found += [left] if left else []
    with db.transaction() as session:
        found += _of_orders(session, house, [payment.id for payment, _seen in pairs.both], still_open, since, found)
        write(session, found, now)
        open_now = queries.count_open(session)
        session.add(Reconciliation(from_at=since, ran_at=now, payments_seen=len(pairs.both), found=open_now))
    return Compared(len(pairs.both), caught_up, open_now)


def write(session: Session, found: Iterable[Difference], now: datetime) -> None:
    """Keep what was found: one row for as long as it lasts. What is not found any more is settled.

    What a person has put aside stays there until it says something else.
    """
    known = {(each.kind, each.object_id): each for each in session.scalars(sa.select(Finding))}
    lasting = set()
    for each in found:
        name = (each.kind, each.object_id[:120])
        row = known.get(name)
        lasting.add(name)
        if row is None:
            known[name] = _add(session, each, now)
        elif row.settled_at is not None and (row.by_staff_id is None or row.text != each.text[:300]):
            row.settled_at = row.by_staff_id = None
            row.found_at, row.text = now, each.text[:300]
        elif row.settled_at is None:
            row.text = each.text[:300]
    for name, row in known.items():
        if name not in lasting and row.settled_at is None:
            row.settled_at = now
    session.flush()


def put_aside(session: Session, public_id: str, *, now: datetime, by_staff_id: int) -> None:
    """A person has looked and it is in order. Raises NotHere."""
    row = session.scalar(sa.select(Finding).where(Finding.public_id == public_id).with_for_update())
    if row is None:
        raise NotHere
    if row.settled_at is None:
        row.settled_at, row.by_staff_id = now, by_staff_id
        session.flush()


def _with_open(gateway: StripeGateway, seen: list[Seen], object_ids: Iterable[str]) -> list[Seen]:
    """Also what was found earlier and is older than the days looked at; it lasts until it is put right."""
    pages, intents = books.ids_of(seen)
    for object_id in object_ids:
        is_page, is_payment = object_id.startswith("cs_"), object_id.startswith("pi_")
        if (is_page or is_payment) and object_id not in pages | intents:
            one = books.read_one(gateway, object_id if is_page else None, object_id if is_payment else None)
            seen += [one] if one else []
    return seen


def _paired(gateway: StripeGateway, seen: Sequence[Seen], since: datetime, keys: set[str]) -> _Pairs:
    """Each of our payments with what Stripe shows; one that Stripe did not list is asked for by its id."""
    pages, intents = books.ids_of(seen)
    references = {each.reference for each in seen if each.reference}
    with db.reading() as session:
        rows = queries.payments_since(session, since, pages, intents, keys | references)
    by_page = {row.session_id: row for row in rows if row.session_id}
    by_intent = {row.payment_intent_id: row for row in rows if row.payment_intent_id}
    unnamed = {row.reference: row for row in rows if not row.session_id and not row.payment_intent_id}
    shown: dict[int, Seen] = {}
    lonely = []
    for each in seen:
        row = (
            by_page.get(each.session_id or "")
            or by_intent.get(each.payment_intent_id or "")
            or unnamed.get(each.reference)
        )
        if row is None:
            lonely.append(each)
        else:
            shown[row.id] = each
    both = [(row, shown.get(row.id) or books.read_one(gateway, row.session_id, row.payment_intent_id)) for row in rows]
    return _Pairs(both, lonely)


def _look_again(
    house: House, gateway: StripeGateway, row: Payment, shown: Seen | None, now: datetime
) -> Difference | None:
    """Look at one payment afresh and settle what we are behind on; what still differs then, or None."""
    # A page whose id we were stopped from keeping is known by its reference, from what was just shown.
    session_id = row.session_id or (shown.session_id if shown else None)
    seen = books.read_one(gateway, session_id, row.payment_intent_id or (shown.payment_intent_id if shown else None))
    if seen is not None and seen.refunded_ore < row.refunded_ore:  # a bank sent a refund back, and nobody told us
        seen = looking.with_bounced(gateway, seen)
    try:
        with db.transaction() as session:
            payment = session.get_one(Payment, row.id, with_for_update=True, populate_existing=True)
            if seen is not None:
                for outcome in actions.settle(session, payment, seen, now):
                    house.follow(session, outcome, now)
            return differing.of_payment(payment, seen)
    except actions.Unmarked:
        return None  # its refund is under way here just now; the next comparison sees what became of it


def _of_orders(
    session: Session,
    house: House,
    payment_ids: Sequence[int],
    still_open: Sequence[tuple[str, str]],
    since: datetime,
    found: Sequence[Difference],
) -> list[Difference]:
    """Orders that hold without money, and money whose order is over or unknown; each payment is told of once."""
    told = {each.reference for each in found}
    payments = queries.payments(session, payment_ids)
    references = {payment.reference for payment in payments} | {reference for _id, reference in still_open if reference}
    standings = house.standings(session, references, since)
    with_money = {payment.reference for payment in payments if payment.state in differing.HAS_MONEY}
    left = [
        _order_without_money(reference, standing)
        for reference, standing in standings.items()
        if standing.expects is Expects.MONEY and reference not in with_money and reference not in told
    ]
    owed = queries.owed_back(session, payment_ids)
    kept = [payment for payment in payments if payment.id not in owed and payment.reference not in told]
    return left + [each for payment in kept if (each := _money_without_order(payment, standings))]


def _order_without_money(reference: str, standing: Standing) -> Difference:
    text = _("Ordre %(number)s står som betalt med kort, men der er ingen penge til den.", number=standing.number)
    return Difference(FindingKind.ORDER_WITHOUT_MONEY, reference, reference, text)


def _money_without_order(payment: Payment, standings: Mapping[str, Standing]) -> Difference | None:
    """Money of ours at Stripe that no order is behind any more, and that is not on its way back."""
    left = payment.amount_ore if payment.state is PaymentState.AUTHORISED else 0
    left += payment.captured_ore - payment.refunded_ore
    standing = standings.get(payment.reference)
    if left <= 0 or (standing is not None and standing.expects is not Expects.NOTHING):
        return None
    if standing is None:
        text = _("Hos Stripe ligger %(amount)s, som ingen ordre hører til.", amount=kr(left))
    else:
        text = _(
            "Hos Stripe ligger %(amount)s, men ordre %(number)s er annulleret.",
            amount=kr(left),
            number=standing.number,
        )
    object_id = payment.payment_intent_id or payment.session_id or payment.key
    return Difference(FindingKind.MONEY_WITHOUT_ORDER, object_id, payment.reference, text)


def _add(session: Session, each: Difference, now: datetime) -> Finding:
    row = Finding(
        kind=each.kind,
        object_id=each.object_id[:120],
        reference=each.reference[:60],
        text=each.text[:300],
        found_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # Another comparison wrote it down a moment ago.
        same = sa.select(Finding).where(Finding.kind == each.kind, Finding.object_id == each.object_id[:120])
        return session.scalars(same).one()
    return row
