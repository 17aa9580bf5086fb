"""Who asked is forgotten in time, and never too soon."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from support import garden

from tests.conftest import NOW
from workshop.services.jobs.models import JobState
from workshop.services.requests import forgetting
from workshop.services.requests.forgetting import ACCESS_KEPT, ASKED_KEPT, CUSTOMER_KEPT
from workshop.services.requests.models import RequestPhoto, RequestState, ServicePlace, ServiceRequest

DAY = timedelta(days=1)


def asked(session: Session, state: RequestState, **columns: object) -> tuple[ServiceRequest, ServicePlace]:
    place = garden.place(session, access_note="Kode 9876", customer_name="Vera Vest")
    made = garden.request(
        session, at=place, state=state, message="Ring til Vera", answers={"Hvor?": "Hos Vera"}, **columns
    )
    photo = {"name": f"photo-{made.id}", "width": 8, "height": 6, "added_at": NOW}
    session.add(RequestPhoto(request_id=made.id, **photo))
    session.flush()
    return made, place


def all_told(session: Session, request: ServiceRequest, place: ServicePlace) -> str:
    session.expire_all()
    photos = session.scalars(sa.select(RequestPhoto.name).where(RequestPhoto.request_id == request.id)).all()
    columns = [column.key for column in sa.inspect(ServicePlace).column_attrs if column.key != "customer_email"]
    return f"{[getattr(place, each) for each in columns]} {request.message} {request.answers} {photos}"


def test_a_request_that_came_to_nothing_is_forgotten_after_a_year(session: Session) -> None:
    for state in (RequestState.DECLINED, RequestState.REFUSED, RequestState.LAPSED):
        request, place = asked(session, state, ended_at=NOW)
        assert forgetting.forget(session, NOW + ASKED_KEPT - DAY) == 0
        assert "Vera" in all_told(session, request, place)
        assert forgetting.forget(session, NOW + ASKED_KEPT + DAY) == 1
        told = all_told(session, request, place)
        assert not any(each in told for each in ("Vera", "9876", "Eksempelvej", "12345678", "photo-"))
        assert (place.postcode, place.customer_email, request.estimate_ore) == ("3200", "", 123_400)
        assert forgetting.forget(session, NOW + ASKED_KEPT + DAY) == 0


def test_a_request_that_waits_is_never_forgotten(session: Session) -> None:
    for state in (RequestState.NEW, RequestState.QUOTED):
        asked(session, state)
    assert forgetting.forget(session, NOW + 10 * CUSTOMER_KEPT) == 0


def test_what_somebody_else_agreed_makes_nobody_forgotten(session: Session) -> None:
    garden.job(session)
    for state in (RequestState.NEW, RequestState.QUOTED, RequestState.DECLINED):
        asked(session, state, ended_at=NOW if state is RequestState.DECLINED else None)
    assert forgetting.forget(session, NOW + DAY) == 0
    assert forgetting.forget(session, NOW + ASKED_KEPT + DAY) == 1  # the one that came to nothing


def test_a_customer_is_known_as_long_as_the_books_are_kept_and_the_gates_code_is_not(session: Session) -> None:
    request, place = asked(session, RequestState.ACCEPTED, ended_at=NOW)
    quote = garden.quote(session, of=request)
    job = garden.job(session, of=quote)
    assert forgetting.forget(session, NOW + 10 * CUSTOMER_KEPT) == 0  # it goes on
    assert place.access_note == "Kode 9876"
    job.state, job.ended_at = JobState.ENDED, NOW
    session.flush()
    assert forgetting.forget(session, NOW + ACCESS_KEPT - DAY) == 0
    assert "9876" in all_told(session, request, place)
    assert forgetting.forget(session, NOW + ACCESS_KEPT + DAY) == 0
    assert "9876" not in all_told(session, request, place)
    assert forgetting.forget(session, NOW + CUSTOMER_KEPT - DAY) == 0
    assert "Vera" in all_told(session, request, place)
    assert forgetting.forget(session, NOW + CUSTOMER_KEPT + DAY) == 1
    assert "Vera" not in all_told(session, request, place)
