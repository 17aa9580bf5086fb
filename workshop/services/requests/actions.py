"""Somebody asks for help in their garden. The estimate is reckoned here; what a form says of it is never believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.images import Photo
from workshop.core.text import clean
from workshop.services.door import Head
from workshop.services.models import ServiceKind
from workshop.services.prices import queries as prices
from workshop.services.prices.queries import Travel
from workshop.services.prices.rules import MOST_UNITS, Model, Wish, reckon
from workshop.services.requests import letters, numbers, queries
from workshop.services.requests.models import Recurrence, RequestPhoto, ServicePlace, ServiceRequest

MOST_AN_HOUR = 60  # from everybody: more is somebody's program
MOST_RECEIPTS_A_DAY = 5  # to one address, which anybody can write into a form
MOST_WEEKS = 6
LONGEST_ANSWER = 500
_WEEK = re.compile(r"20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])", re.ASCII)
_RHYTHMS = {  # beside coming once
    "weekly": (Recurrence.WEEKS,),
    "fortnightly": (Recurrence.WEEKS,),
    "monthly": (Recurrence.MONTHS,),
    "twice_a_year": (Recurrence.YEARLY,),
}


class OutsideArea(Refusal):
    """We do not come there."""


@dataclass(frozen=True)
class PlaceData:
    """Who asks, and where it is."""

    name: str
    email: str
    phone: str
    company_name: str = ""
    cvr: str = ""
    gln: str = ""
    reference: str = ""
    street: str = ""
    postcode: str = ""
    access_note: str = ""


@dataclass(frozen=True)
class Asked:
    """What is wanted. `wishes` are weeks such as `2026-W49`; `answers` are to the service's own questions."""

    units: Decimal
    height_cm: int | None = None
    sides: int | None = None
    wants_waste: bool = False
    wants_recurrence: Recurrence = Recurrence.NONE
    wishes: Sequence[str] = ()
    answers: dict[str, str] = field(default_factory=dict)
    message: str = ""

    def wish(self, model: Model, travel: Travel | None) -> Wish:
        """What the price is reckoned from: only what the service knows of."""
        return Wish(
            units=self.units,
            height_cm=self.height_cm if model.height_over_cm is not None else None,
            sides=(1 if self.sides == 1 else 2) if model.has_sides else None,
            wants_waste=self.wants_waste and model.waste_ore is not None,
            travel_ore=travel.price_ore if travel and model.is_travel_charged else 0,
        )


def recurrences(kind: ServiceKind) -> tuple[Recurrence, ...]:
    """How often somebody can wish for a service, the usual answer first."""
    if kind.recurrence == "on_snow":
        return (Recurrence.ON_SNOW, Recurrence.NONE)
    return (Recurrence.NONE, *_RHYTHMS.get(kind.recurrence, ()))


def ask(
    session: Session,
    *,
    once: str,
    kind: ServiceKind,
    place: PlaceData,
    asked: Asked,
    photos: Sequence[Photo] = (),
    head: Head,
    now: datetime,
    by_staff_id: int | None = None,
) -> ServiceRequest:
    """Write a request down with its number and the estimate, and send its receipt. The same form twice is one request.

    Raises OutsideArea, and Refusal for a service that is not offered, an amount nobody has, or far too many at once.
    """
    numbers.wait(session, now)  # so that the same form sent twice at once takes one number
    known = queries.by_once(session, once)
    if known is not None:
        return known
    if by_staff_id is None and queries.asked_since(session, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise Refusal(_("Der er skrevet usædvanligt meget lige nu. Prøv igen om en time, eller ring til os."))
    if not kind.is_offered:
        raise Refusal(_("Den opgave tager vi ikke imod lige nu. Ring til os, så finder vi ud af det."))
    model, travel = Model.of(kind), prices.travel(session, place.postcode)
    if travel is None and not model.comes_to_us:
        raise OutsideArea(_("Så langt kører vi desværre ikke. Ring til os, hvis du vil høre, om vi kan alligevel."))
    if not 0 < asked.units <= MOST_UNITS:
        raise Refusal(_("Skriv, hvor meget det er. Gæt bare."))
    home = _place(place, travel)
    session.add(home)
    session.flush()
    wish = asked.wish(model, travel)
    made = ServiceRequest(
        number=numbers.take(session, now),
        once=once,
        service_kind_id=kind.id,
        place_id=home.id,
        is_by_phone=by_staff_id is not None,
        units=wish.units,
        height_cm=wish.height_cm,
        sides=wish.sides,
        wants_waste=wish.wants_waste,
        estimate_ore=reckon(model, wish).total_ore,
        created_at=now,
        by_staff_id=by_staff_id,
        **_words(kind, asked),
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        # The same form at the turn of a year, when two series are in use: the first one stands.
        session.delete(home)
        found = queries.by_once(session, once)
        if found is None:
            raise
        return found
    _keep_photos(session, made, photos, now)
    if home.customer_email and _may_write_to(session, home.customer_email, now, by_staff_id):
        letters.received(session, made, head, now)
    return made


def _place(place: PlaceData, travel: Travel | None) -> ServicePlace:
    return ServicePlace(
        customer_name=clean(place.name)[:120],
        customer_email=place.email.strip().lower()[:254],
        customer_phone=clean(place.phone)[:30],
        company_name=clean(place.company_name)[:150],
        cvr=place.cvr[:8],
        gln=place.gln[:13],
        customer_reference=clean(place.reference)[:80],
        street=clean(place.street)[:120],
        postcode=place.postcode[:4],
        town=travel.town if travel else "",
        access_note=clean(place.access_note)[:300],
    )


def _words(kind: ServiceKind, asked: Asked) -> dict[str, object]:
    """What was wished and answered, as far as this service asks for it."""
    answers = {each: clean(asked.answers.get(each, ""))[:LONGEST_ANSWER] for each in kind.questions}
    is_possible = asked.wants_recurrence in recurrences(kind)
    return {
        "wants_recurrence": asked.wants_recurrence if is_possible else Recurrence.NONE,
        "wishes": [week for week in dict.fromkeys(asked.wishes) if _WEEK.fullmatch(week)][:MOST_WEEKS],
        "answers": {question: answer for question, answer in answers.items() if answer},
        "message": clean(asked.message),
    }


def _keep_photos(session: Session, made: ServiceRequest, photos: Sequence[Photo], now: datetime) -> None:
    rows = [
        {"request_id": made.id, "name": each.name, "width": each.width, "height": each.height, "added_at": now}
        for each in photos
    ]
    if rows:
        session.execute(sa.insert(RequestPhoto), rows)


def _may_write_to(session: Session, email: str, now: datetime, by_staff_id: int | None) -> bool:
    """No address gets more than a few mails it did not ask for; the request itself is written all the same."""
    if by_staff_id is not None:
        return True
    return queries.asked_since(session, now - timedelta(days=1), email=email) <= MOST_RECEIPTS_A_DAY
