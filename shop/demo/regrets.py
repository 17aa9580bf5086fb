"""Customers who changed their mind or complained: one of each way it can stand, on orders that are handed over."""

from __future__ import annotations

import io
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from shop.demo.stage import Stage
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order
from shop.orders.withdrawing import actions, complaining, refunding
from shop.orders.withdrawing.books import RefundChoice
from workshop.core import crypto, images, photo_store
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans

MINUTE = 10 * 60 + 20
OFF_ORE = 5_000
WOBBLES = "Det ene højbed slår sig, så det ene hjørne er åbent. Jeg har ikke fyldt jord i det endnu."
ANSWER = "Det er vi kede af. Du får 50 kr. tilbage, og du er velkommen til at hente en ny samling til hjørnet hos os."
CRACKED = "En af fuglekasserne er revnet i bunden. Den har hængt ude siden i sommer."
TOO_LATE = "Fristen på 14 dage var gået, da du skrev. Er der noget galt med cyklen, hjælper vi dig gerne alligevel."


def change_minds(stage: Stage) -> None:
    """Two withdrawals that wait, one that was refused, a complaint that waits, and one that led to money back."""
    _wants_one_chair_back(stage)
    _wrote_the_wrong_number(stage)
    _came_too_late(stage)
    _got_some_back(stage)
    _waits_for_an_answer(stage)
    # The demo's first sweep should not write to made-up customers.
    stage.session.execute(sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None)).values(sent_at=OutboxMail.due_at))
    stage.session.flush()


def _order_of(stage: Stage, name: str) -> Order:
    found = sa.select(Order).where(Order.customer_name == name).options(selectinload(Order.lines))
    return stage.session.scalars(found.order_by(Order.id).limit(1)).one()


def _wants_one_chair_back(stage: Stage) -> None:
    order = _order_of(stage, "Ida Eksempel")
    _declare(stage, order.customer_name, order.number, order.customer_email, lines={order.lines[1].id: 1}, order=order)


def _wrote_the_wrong_number(stage: Stage) -> None:
    _declare(stage, "Søren Eksempel", "370", "soeren@kunder.example", what="Det ene højbed")


def _came_too_late(stage: Stage) -> None:
    order = _order_of(stage, "Bodil Eksempel")
    moment = min((order.handed_over_at or stage.now) + timedelta(days=19), stage.now)
    withdrawal = actions.declare(
        stage.session,
        once=crypto.new_public_id(),
        name=order.customer_name,
        email=order.customer_email,
        order_number=order.number,
        lines_text="",
        line_quantities={},
        head=Letterhead.of(stage.settings),
        now=moment,
    )
    actions.attach(stage.session, withdrawal.public_id, order.number, now=moment)
    actions.refuse(
        stage.session,
        withdrawal.public_id,
        reason=TOO_LATE,
        head=Letterhead.of(stage.settings),
        now=moment,
        by_staff_id=stage.staff_id("sanne"),
    )


def _declare(
    stage: Stage,
    name: str,
    number: str,
    email: str,
    *,
    what: str = "",
    lines: dict[int, int] | None = None,
    order: Order | None = None,
) -> None:
    actions.declare(
        stage.session,
        once=crypto.new_public_id(),
        name=name,
        email=email,
        order_number=number,
        lines_text=what,
        line_quantities=lines or {},
        head=Letterhead.of(stage.settings),
        now=stage.at(stage.workday(1), MINUTE),
        own_order=order.public_id if order else None,
    )


def _got_some_back(stage: Stage) -> None:
    order, head = _order_of(stage, "Søren Eksempel"), Letterhead.of(stage.settings)
    by, moment = stage.staff_id("sanne"), stage.at(stage.workday(2), MINUTE)
    complaint = complaining.complain(
        stage.session, order.public_id, once=crypto.new_public_id(), text=WOBBLES, head=head, now=moment
    )
    moment += timedelta(hours=2)
    complaining.answer(stage.session, complaint.public_id, text=ANSWER, head=head, now=moment, by_staff_id=by)
    refunding.refund(
        stage.session,
        order,
        once=crypto.new_public_id(),
        lines=[RefundChoice(order.lines[0].id, 0, OFF_ORE)],
        delivery_ore=0,
        means=PayMeans.MOBILEPAY,
        reason="Afslag, fordi et hjørne er åbent.",
        withdrawal_id=None,
        head=head,
        now=moment,
        by_staff_id=by,
    )


def _waits_for_an_answer(stage: Stage) -> None:
    order = _order_of(stage, "Jørn Eksempel")
    complaining.complain(
        stage.session,
        order.public_id,
        once=crypto.new_public_id(),
        text=CRACKED,
        kept=[images.store(_a_crack(), photo_store.of(stage.settings))],
        head=Letterhead.of(stage.settings),
        now=stage.at(stage.workday(1), MINUTE + 95),
    )


def _a_crack() -> io.BytesIO:
    """The bottom of a nesting box, drawn: boards, a round hole, and a crack right through. Nobody is in it."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (1200, 900), "#c9a06c")
    pen = ImageDraw.Draw(picture)
    for board in range(4):
        top = 225 * board
        pen.rectangle((0, top, 1200, top + 218), fill=("#c9a06c", "#bf945f")[board % 2])
        for grain in range(30, 200, 34):
            pen.line((0, top + grain, 400, top + grain + 9, 800, top + grain - 7, 1200, top + grain), "#b0854f", 3)
    pen.ellipse((520, 590, 680, 750), fill="#4a3420", outline="#8d6638", width=9)
    crack = [(90, 455), (280, 430), (390, 470), (560, 441), (700, 486), (880, 452), (1010, 481), (1200, 460)]
    pen.line(crack, "#3a2715", 13, joint="curve")
    pen.line([(x, y - 9) for x, y in crack], "#e0bd8c", 4)
    drawn = io.BytesIO()
    picture.save(drawn, "PNG")
    drawn.seek(0)
    return drawn
