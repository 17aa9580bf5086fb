"""Random jobs: the estimate a customer saw is the quote, the charge, and what the payment page asks for, to the øre.

Each job is drawn from its own seed, so one that fails can be looked at again. Used by the tests on some thousands, and
by the soak on a hundred thousand. The price is reckoned a second time here, by the formula of the starter data.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shop.booking.paying import payment_lines
from workshop.products.models import VatScheme
from workshop.services.billing import actions, amounts
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.prices.queries import Travel
from workshop.services.prices.rules import Model, Wish, reckon
from workshop.services.requests import words
from workshop.services.requests.models import PriceBasis, Recurrence, ServiceQuote, ServiceRequest
from workshop.services.requests.proposing import proposal

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 12, 2)
SCHEMES = (VatScheme.STANDARD, VatScheme.STANDARD, VatScheme.EXEMPT)
KEPT = ("text", "basis", "billing", "units", "unit_price_ore", "total_ore", "vat_scheme", "visit_minutes", "crew")


def wrong_with(seed: int, planted_ore: int = 0) -> str | None:
    """What does not tie for this job, or None. `planted_ore` is charged too much: the control."""
    chance = random.Random(seed)
    kind, travel = _kind(chance), Travel("Vejby", 1, chance.choice((0, 7_500, 12_345)))
    request = _request(chance, kind, travel)
    wanted = by_hand(kind, request, travel.price_ore)
    if request.estimate_ore != wanted:
        return f"estimate {request.estimate_ore}, by hand {wanted}"
    terms = proposal(kind, request, travel)
    if sum(line.amount_ore for line in terms.lines) != terms.total_ore or terms.total_ore != wanted:
        return f"quote {terms.total_ore}, estimate {wanted}"
    quote = ServiceQuote(vat_scheme=kind.vat_scheme, vat_ore=words.vat_ore(terms, kind), **terms.columns)
    job = ServiceJob(id=1, recurrence=Recurrence.NONE, **{name: getattr(quote, name) for name in KEPT})
    done, wanted = _done(chance, job, wanted)
    charge = actions.charge_of(job, "visit-1", DAY, DAY, kind.name, amounts.of_visit(job, done), NOW)
    charge.amount_ore += planted_ore
    asked = sum(line.amount_ore * line.quantity for line in payment_lines(charge))
    if not charge.amount_ore == asked == wanted:
        return f"charge {charge.amount_ore}, payment page {asked}, by hand {wanted}"
    vat = wanted * 2 // 5 - wanted // 5 if kind.vat_scheme is VatScheme.STANDARD else 0
    if charge.vat_ore != vat:
        return f"VAT {charge.vat_ore}, by hand {vat}"
    return None if job.basis is PriceBasis.PER_UNIT or quote.vat_ore == vat else f"VAT of the quote {quote.vat_ore}"


def by_hand(kind: ServiceKind, request: ServiceRequest, travel_ore: int) -> int:
    """The formula of the starter data: max(min, base + units · per unit · height · side) + waste + travel."""
    work = Fraction(request.units) * (kind.per_unit_ore or 0)
    over, more = kind.height_factor_over_cm, kind.height_factor_pct
    if over and more and request.height_cm is not None and request.height_cm > over:
        work = work * (100 + more) / 100
    if kind.one_side_pct is not None and request.sides == 1:
        work = work * kind.one_side_pct / 100
    exact = max(Fraction(kind.min_price_ore or 0), (kind.base_ore or 0) + work)
    if request.wants_waste:
        exact += kind.waste_removal_ore or 0
    if kind.is_travel_charged:
        exact += travel_ore
    return int(exact / 100 + Fraction(1, 2)) * 100


def _kind(chance: random.Random) -> ServiceKind:
    def sometimes(*values: int) -> int | None:
        return chance.choice((None, *values))

    values: dict[str, Any] = {
        "base_ore": sometimes(0, 20_000, 9_950, chance.randrange(1, 60_000)),
        "per_unit_ore": chance.choice((0, 1, 33, 2_800, 45_000, chance.randrange(1, 90_000))),
        "height_factor_over_cm": sometimes(180, 120),
        "height_factor_pct": sometimes(40, 33, 7),
        "one_side_pct": sometimes(80, 55, 67),
        "waste_removal_ore": sometimes(25_000, 12_345),
        "min_price_ore": sometimes(59_500, 33_333),
        "is_travel_charged": chance.random() < 0.7,
        "vat_scheme": chance.choice(SCHEMES),
    }
    return ServiceKind(
        id=1, key="x", slug="x", name="Hækklipning", intro="", unit=chance.choice(("m", "m2", "hour", "visit")),
        price_model="", recurrence="none", typical_crew=2, typical_seconds_per_unit=300, questions=[],
        season_from=None, season_to=None, **values,
    )  # fmt: skip


def _request(chance: random.Random, kind: ServiceKind, travel: Travel) -> ServiceRequest:
    asked: dict[str, Any] = {
        "units": Decimal(chance.choice((1, 28, 30, chance.randrange(1, 40_000)))) / chance.choice((1, 1, 2, 100)),
        "height_cm": chance.choice((None, 120, 121, 180, 181, 250)),
        "sides": chance.choice((None, 1, 2)),
        "wants_waste": chance.random() < 0.4,
    }
    estimate = reckon(Model.of(kind), Wish(travel_ore=travel.price_ore, **asked)).total_ore
    return ServiceRequest(
        id=1, service_kind_id=1, place_id=1, number="H2026-0001", estimate_ore=estimate, created_at=NOW, message="",
        wants_recurrence=Recurrence.NONE, wishes=[], answers={}, **asked,
    )  # fmt: skip


def _done(chance: random.Random, job: ServiceJob, total_ore: int) -> tuple[Decimal | None, int]:
    """Half the jobs are paid for by what was done, up to a tenth more than agreed; and what that comes to by hand."""
    if chance.random() < 0.5 or job.unit_price_ore is None:
        return chance.choice((None, job.units)), total_ore
    job.basis = PriceBasis.PER_UNIT
    done = (job.units * chance.randrange(0, 111) / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    exact = total_ore + (Fraction(done) - Fraction(job.units)) * job.unit_price_ore
    return done, max(0, int(exact + Fraction(1, 2)) if exact >= 0 else 0)
