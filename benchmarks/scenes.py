"""What people do in the shop, step by step over HTTP, so that every place of web and worker is passed by somebody.

Each scene is one customer's way, with what staff do about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time as clock_time
from datetime import timedelta

import sqlalchemy as sa

from benchmarks.walks import Walk, compare_tonight
from shop.orders.making.models import BasketMaking
from shop.orders.models import Order, OrderState
from shop.orders.pickup import SHIPPED
from shop.orders.placing import CONFIRM, HOLD
from shop.orders.withdrawing.models import Complaint, Withdrawal
from shop.payments.models import PaymentState
from shop.till.models import TillSale
from workshop.core import clock, db

MADE = "/bestil/hb-01-havebaenk-med-ryglaen"
TIME = re.compile(r'value="([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]+)"')


def bought_by_card(walk: Walk) -> None:
    """Paid, and a look at the order."""
    public_id = walk.secured()
    walk.buyer.ask("GET", f"/ordre/{public_id}")


def changed_at_the_checkout(walk: Walk) -> None:
    """A payment page is left, and the same basket bought in another way."""
    walk.buyer.put(walk.number)
    walk.ask("/kurv/antal", {"nummer": str(walk.number), "antal": "1"})
    walk.buyer.buy(walk.price_ore)
    walk.secured("at_pickup")


def put_back_on_the_shelf(walk: Walk) -> None:
    """Something is taken out of the basket again."""
    walk.buyer.put(walk.number)
    walk.ask("/kurv/fjern", {"nummer": str(walk.number)})


def refused_by_the_bank(walk: Walk) -> None:
    """The card says no, and the time runs out."""
    walk.pay(walk.begin(), "afvis")
    walk.sweep(HOLD + timedelta(minutes=1))
    walk.becomes(OrderState.CANCELLED)


def left_at_the_payment_page(walk: Walk) -> None:
    """Nobody pays."""
    walk.begin()
    walk.sweep(HOLD + timedelta(minutes=1))
    walk.becomes(OrderState.CANCELLED)


def second_at_the_button(walk: Walk) -> None:
    """Two have it in the basket, and one is too late."""
    other = walk.another("o")
    other.put(walk.number)
    walk.secured()
    other.buy(walk.price_ore)


def paid_while_stripe_was_unheard(walk: Walk) -> None:
    """The news of a payment is lost, and the comparison of the night finds it."""
    stripe = walk.stage.house.stripe
    page = walk.begin()
    stripe.control("hold", held=True)
    try:
        walk.pay(page)
        compare_tonight(is_due=True)
        here = clock.local(clock.now())
        ten = clock.at(here.date() + timedelta(days=1), clock_time(10))
        walk.sweep(ten - clock.now())
    finally:
        stripe.control("hold", held=False)
    walk.becomes(OrderState.SECURED, OrderState.CANCELLED)


def called_off_by_the_customer(walk: Walk) -> None:
    """What was reserved is let go."""
    public_id = walk.secured()
    walk.ask(f"/ordre/{public_id}/annuller", {})
    if walk.does == "work":
        walk.sweep()
    walk.paid(public_id, PaymentState.VOIDED)


def called_off_by_staff(walk: Walk) -> None:
    """The same from the desk."""
    public_id = walk.secured()
    walk.staff(f"/ordrer/{public_id}/annuller")
    walk.paid(public_id, PaymentState.VOIDED)


def paid_back_before_hand_over(walk: Walk) -> None:
    """The desk's other button for it."""
    public_id = walk.secured()
    walk.staff(f"/ordrer/{public_id}/betal-tilbage")
    walk.paid(public_id, PaymentState.VOIDED)


def fetched_and_given_back(walk: Walk) -> None:
    """Packed, told, handed over, taken, and all of it given back."""
    public_id = walk.secured()
    walk.staff(f"/ordrer/{public_id}/pakket")
    walk.staff(f"/ordrer/{public_id}/klar")
    _hand_over(walk, public_id)
    _give_back(walk, public_id)


def withdrawn_on_the_own_page(walk: Walk) -> None:
    """Fetched, withdrawn from, given back."""
    public_id = walk.secured()
    _hand_over(walk, public_id)
    walk.ask(f"/ordre/{public_id}/fortryd/bekraeft", {"once": walk.once, f"antal-{walk.line(public_id)}": "1"})
    _give_back(walk, public_id, fortrydelse=_withdrawal(walk))


def withdrawn_before_hand_over(walk: Walk) -> None:
    """Withdrawn from without signing in, before it was fetched; staff call it off."""
    public_id = walk.secured()
    _withdraw(walk, walk.order().number)
    walk.sweep()  # which finds the order it is about
    walk.staff(f"/ordrer/fortrydelser/{_withdrawal(walk)}/annuller")
    walk.paid(public_id, PaymentState.VOIDED)


def withdrawn_by_a_wrong_number(walk: Walk) -> None:
    """Staff find out which order is meant, and say no, or that it is done."""
    walk.secured("at_pickup")
    _withdraw(walk, "2020-9999")
    declared = _withdrawal(walk)
    walk.staff(f"/ordrer/fortrydelser/{declared}/ordre", nummer=walk.order().number)
    walk.staff(f"/ordrer/fortrydelser/{declared}/afvis", grund="Den er lavet efter mål.")
    walk.staff(f"/ordrer/fortrydelser/{declared}/afslut", note="Talt med kunden.")


def complained_of(walk: Walk) -> None:
    """Something is wrong with it; staff answer."""
    public_id = walk.secured("at_pickup")
    walk.staff(f"/ordrer/{public_id}/udlever", betalt="cash")
    walk.becomes(OrderState.HANDED_OVER)
    walk.ask(f"/ordre/{public_id}/reklamation", {"once": walk.once, "tekst": "Benet er løst."})
    with db.reading() as session:
        row = sa.select(Complaint.public_id).join(Order, Order.id == Complaint.order_id)
        complaint = session.scalars(row.where(Order.public_id == public_id)).one()
    walk.staff(f"/ordrer/reklamationer/{complaint}", svar="Kom forbi, så limer vi det.")
    walk.staff(f"/ordrer/reklamationer/{complaint}/luk")


def moved_and_fetched(walk: Walk) -> None:
    """Another time, by the customer and by staff; paid when fetched; closed when the days are over."""
    public_id = walk.secured("at_pickup")
    later = SHIPPED.slots(clock.now())
    walk.ask(f"/ordre/{public_id}/anden-tid", {"tid": later[1].key})
    walk.staff(f"/ordrer/{public_id}/tid", tid=later[2].key)
    walk.staff(f"/ordrer/{public_id}/udlever", betalt="cash")
    walk.becomes(OrderState.HANDED_OVER)
    walk.sweep(timedelta(days=25))
    walk.becomes(OrderState.CLOSED)


def never_confirmed(walk: Walk) -> None:
    """The link in the mail is not pressed."""
    walk.begin("at_pickup")
    walk.sweep(CONFIRM + timedelta(minutes=1))
    walk.becomes(OrderState.CANCELLED)


def never_fetched(walk: Walk) -> None:
    """Kept for two opening days after the time."""
    walk.secured("at_pickup")
    walk.sweep(timedelta(days=21))
    walk.becomes(OrderState.CANCELLED)


def fetched_late(walk: Walk) -> None:
    """The reservation has few days left; the basket is forgotten after a month."""
    walk.secured()
    walk.sweep(timedelta(days=5, hours=12))
    walk.sweep(timedelta(days=32))


def stripe_away_at_hand_over(walk: Walk) -> None:
    """The money cannot be taken right now; it is taken later."""
    public_id = walk.secured()
    plan = {"kind": "error_before", "times": 1, "method": "POST", "path": "/v1/payment_intents"}
    walk.stage.house.stripe.control("faults", **plan)
    walk.staff(f"/ordrer/{public_id}/udlever")
    walk.finish()
    walk.paid(public_id, PaymentState.CAPTURED)


def sold_at_the_door(walk: Walk) -> None:
    """A thing somebody on the web was about to pay for; their page is closed first. Then it is taken back."""
    walk.begin()
    sale = {"nr": str(walk.number), "once": walk.once, "total": str(walk.price_ore), "means": "mobilepay"}
    walk.staff("/salg", overtag="ja", **sale)
    with db.reading() as session:
        sold = session.scalars(sa.select(TillSale.public_id).where(TillSale.once == walk.once)).one()
    walk.staff(f"/salg/{sold}/mail", email=walk.buyer.email)
    walk.staff(f"/salg/{sold}/fortryd")


def ordered_on_the_phone(walk: Walk) -> None:
    """Staff type it in."""
    walk.staff(
        f"/ordrer/telefon/kunde?vare={walk.number}",
        tid=f"pickup:{SHIPPED.slots(clock.now())[0].key}",
        navn="Kunde på telefonen",
        telefon="20000000",
        mail=walk.buyer.email,
        kunde="private",
        total=str(walk.price_ore),
        once=walk.once,
    )
    walk.becomes(OrderState.SECURED)


def made_to_order(walk: Walk) -> None:
    """Chosen, taken out and chosen again, paid at once, set into production, called off."""
    chosen = {"valg-laengde": "150", "valg-farve": "sort", "antal": "1"}
    walk.ask(MADE, chosen)
    with db.reading() as session:
        newest = session.scalar(sa.select(sa.func.max(BasketMaking.id)))
    walk.ask("/kurv/fjern-bestilling", {"bestilling": str(newest)})
    walk.ask(MADE, chosen)
    first = TIME.search(walk.buyer.ask("GET", "/kassen").text)
    page = walk.buyer.buy(204_500, "prepaid", forud="y", tid=first[1] if first else "")
    walk.pay(page)
    walk.becomes(OrderState.SECURED)
    public_id = walk.order().public_id
    walk.staff(f"/ordrer/{public_id}/produktion")
    walk.staff(f"/ordrer/{public_id}/annuller")
    walk.paid(public_id, PaymentState.CAPTURED, refunded=True)


def _hand_over(walk: Walk, public_id: str) -> None:
    walk.staff(f"/ordrer/{public_id}/udlever")
    walk.paid(public_id, PaymentState.CAPTURED)


def _give_back(walk: Walk, public_id: str, **more: str) -> None:
    pieces = {f"antal_{walk.line(public_id)}": "1"}
    walk.staff(f"/ordrer/{public_id}/tilbagebetaling", once=walk.once, betal="1", **pieces, **more)
    walk.paid(public_id, PaymentState.CAPTURED, refunded=True)


def _withdraw(walk: Walk, number: str) -> None:
    said = {"navn": "Kunde", "mail": walk.buyer.email, "ordre": number, "hvad": "Det hele."}
    walk.ask("/fortryd/bekraeft", {**said, "once": walk.once})


def _withdrawal(walk: Walk) -> str:
    with db.reading() as session:
        return session.scalars(sa.select(Withdrawal.public_id).where(Withdrawal.email == walk.buyer.email)).one()


SCENES: tuple[Callable[[Walk], None], ...] = (
    bought_by_card,
    changed_at_the_checkout,
    put_back_on_the_shelf,
    refused_by_the_bank,
    left_at_the_payment_page,
    second_at_the_button,
    called_off_by_the_customer,
    called_off_by_staff,
    paid_back_before_hand_over,
    fetched_and_given_back,
    withdrawn_on_the_own_page,
    withdrawn_before_hand_over,
    withdrawn_by_a_wrong_number,
    complained_of,
    moved_and_fetched,
    never_confirmed,
    stripe_away_at_hand_over,
    sold_at_the_door,
    ordered_on_the_phone,
    made_to_order,
    paid_while_stripe_was_unheard,
    never_fetched,
    fetched_late,
)
