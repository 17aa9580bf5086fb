"""The garden service's things that tests need, with sensible defaults; whatever matters to a test is named in it."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support.factories import NOW, department, task_type

from workshop.core.text import slug
from workshop.products.models import VatScheme
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import Postcode, ServiceKind, ServiceTask, TravelPrice
from workshop.services.requests.models import (
    Billing,
    PriceBasis,
    QuoteState,
    Recurrence,
    RequestState,
    ServicePlace,
    ServiceQuote,
    ServiceQuoteLine,
    ServiceRequest,
)
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitState

_counter = itertools.count(1)
FIRST_DAY = date(2026, 12, 2)


def area(session: Session) -> None:
    """The pickup town and one town in zone 1, with what travel costs; there already: nothing."""
    if session.get(Postcode, "3200") is None:
        session.add_all([TravelPrice(zone=0, price_ore=0), TravelPrice(zone=1, price_ore=7_500)])
        session.add(Postcode(code="3200", town="Helsinge", zone=0, latitude_e6=56_022_000, longitude_e6=12_197_000))
        session.add(Postcode(code="3210", town="Vejby", zone=1, latitude_e6=56_073_000, longitude_e6=12_138_000))
        session.flush()


def kind(session: Session, *, key: str = "hedge_cutting", name: str = "Hækklipning", **columns: object) -> ServiceKind:
    """Hedge cutting as the catalogue has it; with the key of one that is there, that one."""
    area(session)
    found = session.scalar(sa.select(ServiceKind).where(ServiceKind.key == key))
    if found is not None:
        return found
    values: dict[str, object] = {
        "intro": "Vi klipper din hæk i top og sider og river efter os.",
        "unit": "m",
        "price_model": "max(min, base + units * per_unit * height) + waste + travel",
        "base_ore": 20_000,
        "per_unit_ore": 2_800,
        "height_factor_over_cm": 180,
        "height_factor_pct": 40,
        "one_side_pct": 80,
        "waste_removal_ore": 25_000,
        "min_price_ore": 59_500,
        "is_travel_charged": True,
        "season_from": "06-15",
        "season_to": "10-31",
        "recurrence": "twice_a_year",
        "typical_crew": 3,
        "typical_seconds_per_unit": 300,
        "questions": ["Er der strøm i nærheden?"],
    }
    made = ServiceKind(key=key, slug=slug(name), name=name, **values | columns)
    session.add(made)
    session.flush()
    task = task_type(session, key=f"se_{key}", name=name, kind="service")
    session.add(ServiceTask(service_kind_id=made.id, position=1, task_type_id=task.id))
    session.flush()
    return made


def place(session: Session, **columns: object) -> ServicePlace:
    """A customer in the pickup town."""
    area(session)
    values: dict[str, object] = {
        "customer_name": "Ane Eksempel",
        "customer_email": f"kunde{next(_counter)}@example.dk",
        "customer_phone": "12345678",
        "street": "Eksempelvej 12",
        "postcode": "3200",
        "town": "Helsinge",
    }
    made = ServicePlace(**values | columns)
    session.add(made)
    session.flush()
    return made


def request(
    session: Session,
    *,
    of: ServiceKind | None = None,
    at: ServicePlace | None = None,
    now: datetime = NOW,
    **columns: object,
) -> ServiceRequest:
    """Somebody asks for 28 metres of hedge."""
    number = next(_counter)
    values: dict[str, object] = {
        "number": f"H2026-{number:04d}",
        "once": f"once-{number}",
        "state": RequestState.NEW,
        "units": Decimal(28),
        "height_cm": 170,
        "sides": 2,
        "wants_waste": True,
        "estimate_ore": 123_400,
        "created_at": now,
    }
    made = ServiceRequest(
        service_kind_id=(of or kind(session)).id, place_id=(at or place(session)).id, **values | columns
    )
    session.add(made)
    session.flush()
    return made


def quote(
    session: Session, *, of: ServiceRequest | None = None, now: datetime = NOW, **columns: object
) -> ServiceQuote:
    """A fixed price for one visit, sent."""
    asked = of or request(session, state=RequestState.QUOTED)
    values: dict[str, object] = {
        "number": 1,
        "state": QuoteState.SENT,
        "text": "Vi klipper din hæk på begge sider og i toppen og tager grenene med.",
        "basis": PriceBasis.FIXED,
        "billing": Billing.PER_VISIT,
        "units": asked.units,
        "unit_price_ore": 2_800,
        "total_ore": 123_400,
        "vat_scheme": VatScheme.STANDARD,
        "vat_ore": 24_680,
        "valid_until": date(2026, 12, 8),
        "first_on": FIRST_DAY,
        "visit_minutes": 140,
        "crew": 3,
        "sent_at": now,
    }
    made = ServiceQuote(request_id=asked.id, **values | columns)
    session.add(made)
    session.flush()
    session.add(ServiceQuoteLine(quote_id=made.id, position=1, text="28 m × 28 kr.", amount_ore=made.total_ore))
    session.flush()
    return made


def job(session: Session, *, of: ServiceQuote | None = None, now: datetime = NOW, **columns: object) -> ServiceJob:
    """An accepted quote. Name a `recurrence` and the rest of a rule for an agreement."""
    answered = of or quote(session, state=QuoteState.ACCEPTED, answered_at=now)
    asked = session.get_one(ServiceRequest, answered.request_id)
    service = session.get_one(ServiceKind, asked.service_kind_id)
    values: dict[str, object] = {
        "number": asked.number,
        "place_id": asked.place_id,
        "service_kind_id": service.id,
        "title": service.name,
        "text": answered.text,
        "recurrence": Recurrence.NONE,
        "basis": answered.basis,
        "billing": answered.billing,
        "units": answered.units,
        "unit_price_ore": answered.unit_price_ore,
        "total_ore": answered.total_ore,
        "vat_scheme": answered.vat_scheme,
        "visit_minutes": answered.visit_minutes,
        "crew": answered.crew,
        "starts_on": answered.first_on or FIRST_DAY,
        "agreed_at": now,
        "withdraw_until": date(2026, 12, 8),
    }
    made = ServiceJob(quote_id=answered.id, **values | columns)
    session.add(made)
    session.flush()
    return made


def visit(session: Session, *, of: ServiceJob | None = None, day: date | None = FIRST_DAY, **columns: object) -> Visit:
    """A visit of a job on a day, waiting to be planned."""
    agreed = of or job(session)
    values: dict[str, object] = {
        "occasion": day.isoformat() if day else f"extra-{next(_counter)}",
        "original_on": day,
        "day": day,
        "minutes": agreed.visit_minutes,
        "from_minute": 540,
        "to_minute": 720,
        "state": VisitState.WAITING,
    }
    made = Visit(job_id=agreed.id, **values | columns)
    session.add(made)
    session.flush()
    return made


def resource(session: Session, *, of: ResourceKind = ResourceKind.TEAM, name: str = "", **columns: object) -> Resource:
    """A team, a vehicle or a machine of the garden department."""
    garden = department(session, key="have", name="Haveholdet")
    made = Resource(kind=of, name=name or f"{of.value} {next(_counter)}", department_id=garden.id, **columns)
    session.add(made)
    session.flush()
    return made
