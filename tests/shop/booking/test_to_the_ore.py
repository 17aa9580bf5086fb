"""Estimate, quote, charge and payment are one amount: 5,000 random jobs reckoned, and some all the way to Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from support import bills, garden

from shop.booking import paying
from shop.orders.web import gateway_of
from tests.shop.booking import rig
from tests.shop.orders.rig import Shop, open_shop
from workshop.core import clock, crypto, db
from workshop.services.billing import actions as billing
from workshop.services.billing import queries
from workshop.services.door import Head
from workshop.services.prices import queries as prices
from workshop.services.requests import quoting
from workshop.services.requests.actions import Asked, PlaceData, ask
from workshop.services.requests.models import Recurrence
from workshop.services.requests.proposing import proposal
from workshop.services.visits.models import VisitState

JOBS, ALL_THE_WAY = 5_000, 12


@pytest.mark.once
def test_five_thousand_random_jobs_are_one_amount_from_estimate_to_payment_page() -> None:
    wrong = {seed: said for seed in range(JOBS) if (said := bills.wrong_with(seed))}
    assert wrong == {}


@pytest.mark.once
def test_the_control_sees_an_ore_too_much() -> None:
    assert all(bills.wrong_with(seed, planted_ore=1) for seed in range(20))


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


def test_what_was_estimated_is_what_stripe_takes(shop: Shop) -> None:
    now, head = clock.now(), Head.of(shop.app.extensions["settings"])
    estimates, taken = [], []
    for number in range(ALL_THE_WAY):
        with db.transaction() as session:
            kind = garden.kind(session)
            place = PlaceData(
                name="Ane Eksempel", email=f"ane{number}@example.dk", phone="12345678", street="Vej 1", postcode="3210"
            )
            asked = Asked(
                units=Decimal(7 * number + 3) / 4, height_cm=170 + 5 * number, sides=1 + number % 2,
                wants_waste=number % 3 == 0, wants_recurrence=Recurrence.NONE, wishes=(), answers={}, message="",
            )  # fmt: skip
            request = ask(
                session, once=crypto.new_public_id(), kind=kind, place=place, asked=asked, head=head, now=now,
                by_staff_id=None,
            )  # fmt: skip
            estimates.append(request.estimate_ore)
            terms = proposal(kind, request, prices.travel(session, "3210"))
            quote = quoting.send(session, request, terms, head=head, now=now, by_staff_id=None)
            today = clock.local_day(now)
            job = quoting.accept(
                session, quote, may_start_early=True, knows_right_ends=True, terms_version=None,
                withdraw_until=today + timedelta(days=14), today=today, now=now,
            )  # fmt: skip
            visit = garden.visit(session, of=job, occasion="extra-x", state=VisitState.DONE, done_at=now)
            charge = billing.visit_done(session, visit, now)
            assert charge is not None
            public_id = charge.public_id
        with db.reading() as session:
            found = queries.page(session, public_id)
        assert found is not None
        address = paying.payment_page(gateway_of(shop.app), found, head, now)
        assert address is not None
        shop.stripe.pay(address.rsplit("/", 1)[1])
        shop.deliver(shop.events())
        taken.append(rig.payments(public_id)[0].captured_ore)
    assert taken == estimates
    assert [each["received"] for each in shop.stripe.ledger()["payment"]] == estimates
    assert len(set(estimates)) > ALL_THE_WAY // 2
