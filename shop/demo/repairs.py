"""What people have handed in, and what was given: something of each kind, waiting for each of those it can wait for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.stage import WOOD, Stage
from workshop.core import crypto
from workshop.core.money import PayMeans
from workshop.production import actions as production
from workshop.production.models import OrderItem, OrderStep, ProductionOrder
from workshop.production.repairs import actions, agreeing, ending, letters
from workshop.production.repairs.actions import Card
from workshop.production.repairs.agreeing import Plan
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobKind, JobState, RepairJob, Whose
from workshop.production.stores import amounts
from workshop.products.models import Item

OURS = "Kommode, malet grå"  # it was given to us, and has its number now


class Planned(NamedTuple):
    """A thing of the demo. `far` is how far it came: 0 received, 1 priced, 2 agreed, 3 worked on, 4 done, 5 gone."""

    title: str
    kind: JobKind
    whose: Whose
    faults: str
    far: int
    back: int  # working days since it came
    owner: tuple[str, str, str] = ("", "", "")
    plan: str = ""
    lines: tuple[tuple[str, str, int], ...] = ()  # what, how many, kroner each
    marks: str = ""
    place: str = ""


VERA = ("Vera Vest", "vera@kunde.example", "20 30 40 50")
THINGS: tuple[Planned, ...] = (
    Planned(
        "Gyngestol i bøg", JobKind.FURNITURE, Whose.CUSTOMER, "Den ene mede er løs, og lakken er slidt af.", 1, 2, VERA,
        "Vi limer meden, sliber hele stolen og giver den olie to gange.",
        (("Lime meden", "1", 150), ("Slibe og olie", "1", 420)), place="Reol C",
    ),
    Planned(
        "Spisebordsstole, 4 stk.", JobKind.FURNITURE, Whose.CUSTOMER, "Sæderne skal polstres om.", 3, 14,
        ("Niels Nord", "niels@kunde.example", "30 40 50 60"), "Nyt skum og stof på fire sæder.",
        (("Skum og stof til et sæde", "4", 145), ("Polstring", "4", 90)), place="Plads 2",
    ),
    Planned(
        "Damecykel, rød, 7 gear", JobKind.BICYCLE, Whose.CUSTOMER, "Bagbremsen tager ikke, og kæden hopper.", 2, 4,
        ("Signe Sø", "", "40 50 60 70"), "Ny kæde, nye bremsesko og eftersyn.",
        (("Kæde", "1", 179), ("Bremsesko", "2", 45), ("Eftersyn", "1", 250)), "WBK 1234 567", "Cykelstativet",
    ),
    Planned(
        "Herrecykel, sort", JobKind.BICYCLE, Whose.CUSTOMER, "Punkteret, og lygten er død.", 4, 9,
        ("Ole Øst", "ole@kunde.example", ""), "Ny slange og ny lygte.", (("Slange", "1", 79), ("Lygte", "1", 149)),
        "WLD 7654 321", "Cykelstativet",
    ),
    Planned(
        "Knallert fra 1998", JobKind.MOPED, Whose.CUSTOMER, "Starter ikke, når det er koldt.", 0, 1,
        ("Kaj Kyst", "kaj@kunde.example", "50 60 70 80"), marks="AB 12 345", place="Porten",
    ),
    Planned(
        "Lille varebil", JobKind.CAR, Whose.CUSTOMER, "Skal vaskes og tjekkes før en lang tur.", 5, 12,
        ("Firmaet Fjord", "post@fjord.example", "60 70 80 90"), "Vask ude og inde, og tjek af olie, lys og dæk.",
        (("Vask og støvsugning", "1", 449), ("Tjek", "1", 195)), "CD 34 567",
    ),
    Planned("Standerlampe i messing", JobKind.OTHER, Whose.DONATED, "Ledningen er skåret over.", 0, 3, place="Reol A"),
    Planned(
        "Køkkenbord fra 1960'erne", JobKind.FURNITURE, Whose.BOUGHT, "Pladen er ridset.", 2, 6,
        plan="Slibe pladen, male stellet lysegråt.", place="Malerummet",
    ),
)  # fmt: skip
SAYS_NO = Planned(
    "Skab med knust rude", JobKind.FURNITURE, Whose.CUSTOMER, "Ruden i døren er knust.", 1, 8,
    ("Ellen Eng", "ellen@kunde.example", "70 80 90 10"), "Ny rude og nye lister.", (("Rude, skåret på mål", "1", 640),),
    place="Reol C",
)  # fmt: skip


def take_in(stage: Stage) -> None:
    """Everything that stands in the workshop and is not made there."""
    head = Head.of(stage.settings)
    for each in THINGS:
        _bring(stage, head, each)
    refused = _bring(stage, head, SAYS_NO)
    at = stage.at(stage.workday(2), 11 * 60)
    agreeing.answer(
        stage.session, refused, is_yes=False, version=refused.version, head=head, now=at, by_staff_id=None
    )  # fmt: skip
    _one_that_is_ours_now(stage, head)


def _bring(stage: Stage, head: Head, each: Planned) -> RepairJob:
    session, staff_id = stage.session, stage.staff_id("lone")
    came = stage.at(stage.workday(each.back), 10 * 60 + 20)
    name, email, phone = each.owner
    card = Card(each.kind, each.whose, each.title, each.marks, each.faults, each.place, name, email, phone)
    job, _is_new = actions.receive(
        session,
        card,
        once=crypto.new_public_id(),
        department_id=stage.departments[WOOD],
        head=head,
        now=came,
        by_staff_id=staff_id,
    )
    letters.received(session, job, head, came)
    if each.far >= 1:
        _look_through(stage, head, job, each, came + timedelta(hours=2))
    if each.far >= 2:
        at = stage.at(stage.workday(max(each.back - 1, 0)), 9 * 60)
        if each.whose is Whose.CUSTOMER:
            agreeing.answer(
                session, job, is_yes=True, version=job.version, head=head, now=at, by_staff_id=staff_id
            )  # fmt: skip
        else:
            agreeing.begin(session, job, version=job.version, now=at, by_staff_id=staff_id)
    if each.far >= 3:
        _work(stage, head, job, each, stage.at(stage.workday(2), 14 * 60))
    return job


def _look_through(stage: Stage, head: Head, job: RepairJob, each: Planned, at: datetime) -> None:
    session = stage.session
    for text, count, kroner in each.lines:
        agreeing.add_line(
            session, job, text=text, quantity=amounts.parse(count), unit_price_ore=kroner * 100, material=None,
            version=job.version,
        )  # fmt: skip
    plan = Plan(each.plan, stage.today + timedelta(days=9), stage.today + timedelta(days=12))
    agreeing.assess(session, job, plan, version=job.version, now=at)
    if each.whose is Whose.CUSTOMER:
        agreeing.offer(session, job, version=job.version, head=head, now=at)


def _work(stage: Stage, head: Head, job: RepairJob, each: Planned, at: datetime) -> None:
    """Done at the bench; the last of them tried, told of and fetched."""
    session = stage.session
    steps = sa.select(OrderStep.id).where(OrderStep.order_id == job.order_id).order_by(OrderStep.position)
    for step_id in session.scalars(steps).all():
        production.finish_step(session, step_id, base_url=stage.settings.base_url, now=at)
    session.refresh(job)
    if each.far >= 4:
        ending.record_test(session, job, "Bremser, lys og styr er prøvet på en tur.", version=job.version, now=at)
        ending.finish(session, job, job.quoted_ore or 0, version=job.version, head=head, now=at)
    if each.far >= 5:
        fetched_at = stage.at(stage.workday(1), 13 * 60)
        ending.hand_back(session, job, means=PayMeans.MOBILEPAY, now=fetched_at, by_staff_id=job.by_staff_id)


def _one_that_is_ours_now(stage: Stage, head: Head) -> None:
    """One of the restored things on the floor came in as a gift; its card leads to it."""
    session = stage.session
    found = session.execute(
        sa.select(OrderItem.item_id, OrderItem.order_id, ProductionOrder.finished_at)
        .join(Item, Item.id == OrderItem.item_id)
        .join(ProductionOrder, ProductionOrder.id == OrderItem.order_id)
        .where(Item.title == OURS)
    ).first()
    if found is None:
        return
    given = Planned(OURS, JobKind.FURNITURE, Whose.DONATED, "To skuffer binder.", 0, 40, place="Reol B")
    job = _bring(stage, head, given)
    job.order_id, job.item_id, job.state = found.order_id, found.item_id, JobState.KEPT
    job.plan, job.done_at, job.ended_at = "Høvle skufferne til og male den grå.", found.finished_at, found.finished_at
    session.flush()
