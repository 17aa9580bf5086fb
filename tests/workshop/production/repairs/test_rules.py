"""The rules of what comes in: a price is agreed before work, never grows, and a thing goes back to its owner once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from support import factories

from tests.workshop.production.repairs import rig
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.production import actions as production
from workshop.production.models import MaterialStock, OrderMaterial, OrderSource, OrderState, OrderStep, ProductionOrder
from workshop.production.repairs import actions, agreeing, ending, forgetting
from workshop.production.repairs.actions import Card, EditedMeanwhile
from workshop.production.repairs.agreeing import Plan
from workshop.production.repairs.models import JobKind, JobState, RepairJob, Whose
from workshop.products.models import Item, ItemState, Material, Origin

NOW = factories.NOW


def mails(session: Session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_a_form_sent_twice_takes_one_thing_in(session: Session) -> None:
    at = factories.department(session)
    card = Card(JobKind.BICYCLE, Whose.CUSTOMER, "Damecykel", owner_name="Vera", owner_phone="20304050")
    first, is_new = actions.receive(
        session, card, once="x" * 22, department_id=at.id, head=rig.HEAD, now=NOW, by_staff_id=None
    )
    again, is_new_again = actions.receive(
        session, card, once="x" * 22, department_id=at.id, head=rig.HEAD, now=NOW, by_staff_id=None
    )
    assert (first.id, is_new, is_new_again) == (again.id, True, False)


def test_a_customers_thing_needs_somebody_to_tell_and_ours_keeps_no_name(session: Session) -> None:
    with pytest.raises(Refusal, match="telefon eller mail"):
        Card(JobKind.CAR, Whose.CUSTOMER, "Bil", owner_name="Vera").columns()
    ours = rig.received(session, whose=Whose.DONATED)
    assert (ours.owner_name, ours.owner_email, ours.owner_phone) == ("", "", "")


def test_a_yes_begins_the_work_and_the_order_knows_no_owner(session: Session) -> None:
    for key in ("re_assess", "re_clean", "re_repair"):
        factories.task_type(session, key=key, name=key)
    job = rig.offered(session)
    rig.answer(session, job, is_yes=True)
    order = session.get_one(ProductionOrder, job.order_id)
    assert (order.source, order.reference, order.makes_items) == (OrderSource.REPAIR, f"R-{job.number}", False)
    assert order.due_on == job.promised_on
    assert len(session.scalars(sa.select(OrderStep).where(OrderStep.order_id == order.id)).all()) == 3
    assert rig.OWNER not in f"{order.title}{order.idea}{order.reference}"


def test_a_yes_twice_is_one_order_and_a_no_after_it_is_refused(session: Session) -> None:
    job = rig.offered(session)
    seen = job.version
    for _tap in range(2):
        agreeing.answer(session, job, is_yes=True, version=seen, head=rig.HEAD, now=NOW, by_staff_id=None)
    assert session.scalar(sa.select(sa.func.count()).select_from(ProductionOrder)) == 1
    with pytest.raises(Refusal, match="sagt ja"):
        agreeing.answer(session, job, is_yes=False, version=seen, head=rig.HEAD, now=NOW, by_staff_id=None)


def test_a_price_that_has_lapsed_cannot_be_said_yes_to(session: Session) -> None:
    job = rig.offered(session, until=clock.local_day(NOW))
    with pytest.raises(Refusal, match="Prisen gjaldt til"):
        rig.answer(session, job, is_yes=True, now=NOW + timedelta(days=1))
    assert job.state is JobState.ASSESSED
    rig.answer(session, job, is_yes=True, now=NOW)  # on the last day it holds
    assert job.state is JobState.AGREED


def test_changing_what_is_offered_takes_the_price_back_until_it_is_given_anew(session: Session) -> None:
    job = rig.offered(session)
    seen_by_owner = job.version
    agreeing.add_line(
        session, job, text="Nyt stof", quantity=Decimal(2), unit_price_ore=10_000, material=None, version=job.version
    )
    assert (job.state, job.quoted_ore) == (JobState.RECEIVED, None)
    with pytest.raises(EditedMeanwhile, match="regne på prisen igen"):
        agreeing.answer(session, job, is_yes=True, version=seen_by_owner, head=rig.HEAD, now=NOW, by_staff_id=None)
    agreeing.offer(session, job, version=job.version, head=rig.HEAD, now=NOW)
    assert job.quoted_ore == 65_000
    with pytest.raises(EditedMeanwhile, match="rettet noget imens"):
        agreeing.answer(session, job, is_yes=True, version=seen_by_owner, head=rig.HEAD, now=NOW, by_staff_id=None)
    assert sum("Sig ja eller nej" in mail.body for mail in mails(session)) == 2


def test_a_price_needs_a_plan_a_line_and_a_day(session: Session) -> None:
    job = rig.received(session)
    with pytest.raises(Refusal, match="hvad vi vil gøre"):
        agreeing.offer(session, job, version=job.version, head=rig.HEAD, now=NOW)
    agreeing.assess(session, job, Plan("Lime"), version=job.version, now=NOW)
    with pytest.raises(Refusal, match="mindst én linje"):
        agreeing.offer(session, job, version=job.version, head=rig.HEAD, now=NOW)
    agreeing.add_line(
        session, job, text="Lim", quantity=Decimal(1), unit_price_ore=0, material=None, version=job.version
    )
    with pytest.raises(Refusal, match="en dag"):
        agreeing.offer(session, job, version=job.version, head=rig.HEAD, now=NOW)


def test_a_line_sent_twice_counts_once_and_an_older_page_is_told(session: Session) -> None:
    job = rig.received(session)
    seen = job.version
    line = {"text": "Ny kæde", "quantity": Decimal("1.5"), "unit_price_ore": 19_995, "material": None}
    for _tap in range(2):
        agreeing.add_line(session, job, **line, version=seen)
    assert agreeing.total_ore(agreeing.lines_of(session, job.id)) == 29_993
    with pytest.raises(EditedMeanwhile):
        agreeing.add_line(session, job, **(line | {"text": "Dæk"}), version=seen)


@pytest.mark.parametrize(("there", "aside"), [("2", "0.5"), ("0.2", "0.2"), ("0", "0")])
def test_a_material_on_the_card_is_needed_by_the_order_and_put_aside_for_it(
    session: Session, there: str, aside: str
) -> None:
    oil = Material(key="wood_oil", name="Træolie", unit="l", unit_cost_ore=9_000, origin=Origin.BOUGHT)
    session.add(oil)
    session.flush()
    session.add(MaterialStock(material_id=oil.id, quantity=Decimal(there)))
    session.flush()
    job = rig.received(session, whose=Whose.BOUGHT)
    agreeing.add_line(
        session, job, text="", quantity=Decimal("0.5"), unit_price_ore=9_000, material=oil, version=job.version
    )
    agreeing.begin(session, job, version=job.version, now=NOW, by_staff_id=None)
    line = session.get_one(OrderMaterial, (job.order_id, oil.id))
    assert (line.needed, line.reserved) == (Decimal("0.5"), Decimal(aside))


def test_it_is_done_when_the_work_is_and_never_costs_more_than_agreed(session: Session) -> None:
    job = rig.agreed(session, price_ore=45_000)
    with pytest.raises(Refusal, match="Arbejdet er ikke færdigt"):
        ending.finish(session, job, 40_000, version=job.version, head=rig.HEAD, now=NOW)
    rig.work(session, job)
    assert session.scalar(sa.select(sa.func.count()).select_from(Item)) == 0, "a customer's thing is never ours"
    with pytest.raises(Refusal, match=r"højst 450"):
        ending.finish(session, job, 45_001, version=job.version, head=rig.HEAD, now=NOW)
    seen = job.version
    for _tap in range(2):
        ending.finish(session, job, 40_000, version=seen, head=rig.HEAD, now=NOW)
    assert (job.state, job.price_ore) == (JobState.DONE, 40_000)
    assert [mail.subject for mail in mails(session)][-1] == f"Du kan hente R-{job.number}"


def test_a_vehicle_is_tried_before_it_goes_out(session: Session) -> None:
    job = rig.agreed(session, kind=JobKind.BICYCLE)
    rig.work(session, job)
    with pytest.raises(Refusal, match="ikke prøvet"):
        ending.finish(session, job, 40_000, version=job.version, head=rig.HEAD, now=NOW)
    ending.record_test(session, job, "Bremser og lys i orden", version=job.version, now=NOW)
    ending.finish(session, job, 40_000, version=job.version, head=rig.HEAD, now=NOW)
    assert job.state is JobState.DONE


def test_it_is_handed_back_once_against_payment(session: Session) -> None:
    job = rig.ready(session)
    with pytest.raises(Refusal, match="hvordan der er betalt"):
        ending.hand_back(session, job, means=None, now=NOW, by_staff_id=None)
    assert ending.hand_back(session, job, means=PayMeans.CASH, now=NOW, by_staff_id=None)
    assert not ending.hand_back(session, job, means=PayMeans.MOBILEPAY, now=NOW, by_staff_id=None)
    assert (job.state, job.paid_means) == (JobState.HANDED_BACK, PayMeans.CASH)


def test_a_no_is_fetched_without_payment_and_nothing_before_that(session: Session) -> None:
    job = rig.offered(session)
    with pytest.raises(Refusal, match="ikke klar"):
        ending.hand_back(session, job, means=PayMeans.CASH, now=NOW, by_staff_id=None)
    rig.answer(session, job, is_yes=False)
    assert (job.state, job.ended_at) == (JobState.DECLINED, None)
    assert ending.hand_back(session, job, means=PayMeans.CASH, now=NOW, by_staff_id=None)
    assert job.paid_means is None


@pytest.mark.parametrize(("whose", "origin"), [(Whose.BOUGHT, Origin.BOUGHT), (Whose.DONATED, Origin.DONATED)])
def test_ours_gets_its_number_and_its_origin_when_its_order_ends(
    session: Session, whose: Whose, origin: Origin
) -> None:
    factories.task_type(session, key="re_clean")
    job = rig.received(session, whose=whose, title="Kommode i eg")
    agreeing.assess(session, job, Plan("Slibe den"), version=job.version, now=NOW)
    agreeing.begin(session, job, version=job.version, now=NOW, by_staff_id=None)
    rig.work(session, job)
    item = session.get_one(Item, job.item_id)
    assert (item.title, item.origin, item.state) == ("Kommode i eg", origin, ItemState.MADE)
    assert item.category == "restaurerede-møbler"
    assert (job.state, job.ended_at) == (JobState.KEPT, NOW)


def test_the_database_itself_keeps_a_customers_thing_from_becoming_ours(session: Session) -> None:
    job, item = rig.received(session), factories.item(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.update(RepairJob).where(RepairJob.id == job.id).values(item_id=item.id))


def test_whose_it_is_stands_once_a_price_is_given(session: Session) -> None:
    job = rig.offered(session)
    ours = Card(JobKind.FURNITURE, Whose.DONATED, job.title)
    with pytest.raises(Refusal, match="hvis den er"):
        actions.edit(session, job, ours, version=job.version)
    fresh = rig.received(session)
    actions.edit(session, fresh, ours, version=fresh.version)
    assert (fresh.whose, fresh.owner_name) == (Whose.DONATED, "")


def test_a_stopped_order_can_be_begun_again_or_the_card_closed(session: Session) -> None:
    job = rig.agreed(session)
    with pytest.raises(Refusal, match="Stop ordren først"):
        agreeing.drop(session, job, version=job.version, head=rig.HEAD, now=NOW)
    first = job.order_id
    production.cancel_order(session, session.get_one(ProductionOrder, first), now=NOW)
    agreeing.begin(session, job, version=job.version, now=NOW, by_staff_id=None)
    assert job.order_id != first
    agreeing.begin(session, job, version=job.version - 1, now=NOW, by_staff_id=None)  # the same tap again
    order = session.get_one(ProductionOrder, job.order_id)
    assert order.state is OrderState.OPEN
    production.cancel_order(session, order, now=NOW)
    agreeing.drop(session, job, version=job.version, head=rig.HEAD, now=NOW)
    assert job.state is JobState.DECLINED


def test_a_promise_that_moves_takes_the_order_along(session: Session) -> None:
    job = rig.agreed(session)
    later = clock.local_day(NOW) + timedelta(days=30)
    agreeing.assess(session, job, Plan(job.plan, later), version=job.version, now=NOW)
    assert session.get_one(ProductionOrder, job.order_id).due_on == later


def test_no_secret_lies_in_the_outbox(session: Session) -> None:
    job = rig.offered(session)
    token = rig.HEAD.token(job.public_id)
    assert all(token not in mail.body for mail in mails(session))
    assert any(f"/indlevering/{job.public_id}/" in mail.body for mail in mails(session))


def test_owners_are_forgotten_long_after_and_not_before(session: Session) -> None:
    job = rig.ready(session)
    ending.hand_back(session, job, means=PayMeans.CARD, now=NOW, by_staff_id=None)
    assert forgetting.forget_owners(session, NOW + forgetting.OWNER_KEPT) == 0
    assert forgetting.forget_owners(session, NOW + forgetting.OWNER_KEPT + timedelta(seconds=1)) == 1
    session.refresh(job)
    assert (job.owner_name, job.price_ore) == ("", 45_000)


def test_the_slip_is_found_by_its_code_however_typed_and_by_its_address(session: Session) -> None:
    job = rig.ready(session)
    at = frozenset({job.department_id})
    typed = f" {job.code[:3].lower()}-{job.code[3:]} "
    assert ending.found_by(session, typed, at) is job
    assert ending.found_by(session, rig.HEAD.link(job.public_id), at) is job
    assert ending.found_by(session, "ZZZ-ZZZ", at) is None
    assert ending.found_by(session, job.code, frozenset()) is None
