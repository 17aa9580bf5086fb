"""What is left to do before the workshop runs: each step knows by itself whether it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import InstrumentedAttribute, Session

from workshop.accounts.models import Department, Device, DeviceKind, Invitation, Staff
from workshop.core import clock, identity
from workshop.core.i18n import lazy
from workshop.production.models import TaskType
from workshop.products.models import Origin, VatRule, VatScheme
from workshop.products.vat import actions as vat
from workshop.setup import door

EXTENSION = "setup_steps"
Accept = Callable[[Session, datetime, int], None]


@dataclass(frozen=True)
class SetupStep:
    """A step of starting: what and why in a sentence, the page where it is done, and how it is known to be done.

    `accept(session, now, staff_id)` says that it fits as it came with the house, where that is an answer.
    """

    key: str
    title: str
    text: str
    endpoint: str
    permission: str
    is_done: Callable[[Session], bool]
    order: int = 50
    accept: Accept | None = None


class Shown(NamedTuple):
    """A step as the checklist shows it."""

    step: SetupStep
    is_done: bool


def install(app: Flask) -> None:
    """The steps of the workshop; what stands above it adds its own."""
    app.extensions[EXTENSION] = list(STEPS)
    app.jinja_env.globals["is_new_workshop"] = door.is_open_now


def shown(app: Flask, session: Session) -> list[Shown]:
    """Every step whose page this house has, in its order, with one question to the database each."""
    steps: list[SetupStep] = app.extensions[EXTENSION]
    here = sorted((each for each in steps if each.endpoint in app.view_functions), key=lambda step: step.order)
    return [Shown(each, each.is_done(session)) for each in here]


def step_called(app: Flask, key: str) -> SetupStep | None:
    """The step with this key."""
    steps: list[SetupStep] = app.extensions[EXTENSION]
    return next((each for each in steps if each.key == key), None)


def any_of(column: InstrumentedAttribute[int], *where: sa.ColumnElement[bool]) -> Callable[[Session], bool]:
    """A step that is done when there is such a row."""
    return lambda session: session.scalar(sa.select(column).where(*where).limit(1)) is not None


def _has_others(session: Session) -> bool:
    """Whether somebody beside the first administrator is there, or asked."""
    staff = sa.select(sa.func.count()).select_from(Staff).scalar_subquery()
    asked = sa.select(sa.func.count()).select_from(Invitation).scalar_subquery()
    return bool(session.scalar(sa.select(sa.or_(staff > 1, asked > 0))))


def _has_every_origin(session: Session) -> bool:
    """Whether the workshop has said for every origin how such goods are sold."""
    return session.scalar(sa.select(sa.func.count(VatRule.origin.distinct()))) == len(Origin)


def _with_vat(session: Session, now: datetime, by_staff_id: int) -> None:
    """25 % from today on for every origin nothing has been said about."""
    said = set(session.scalars(sa.select(VatRule.origin)))
    for origin in (each for each in Origin if each not in said):
        vat.add_rule(
            session,
            origin=origin,
            scheme=VatScheme.STANDARD,
            valid_from=clock.local_day(now),
            now=now,
            by_staff_id=by_staff_id,
        )


STEPS = (
    SetupStep(
        "workshop",
        lazy("Hvem I er"),
        lazy("Navn, adresse, CVR og logo. Det står i butikken, på mærkerne og i hver mail."),
        "setup_workshop.edit",
        "settings:edit",
        any_of(identity.WorkshopVersion.version),
        order=10,
    ),
    SetupStep(
        "departments",
        lazy("Afdelinger"),
        lazy("For eksempel træ, haver og køkken. Folk, tablets og opgaver hører til i en afdeling."),
        "setup_departments.overview",
        "settings:edit",
        any_of(Department.id),
        order=20,
    ),
    SetupStep(
        "vat",
        lazy("Moms"),
        lazy("Hvordan I sælger brugte og nye ting. Alt sælges med 25 %, til I siger andet. Spørg jeres revisor."),
        "vat.rules",
        "vat:edit",
        _has_every_origin,
        order=40,
        accept=_with_vat,
    ),
    SetupStep(
        "catalogue",
        lazy("Startkatalog"),
        lazy("Færdige opgaver, møbler, priser og mærker, så I ikke begynder med en tom side. Alt kan rettes."),
        "setup_catalogue.overview",
        "settings:edit",
        any_of(TaskType.id),
        order=50,
    ),
    SetupStep(
        "tablet",
        lazy("En tablet"),
        lazy("Log ind her på tabletten, og indmeld den. Så kan folk trykke på deres billede og gå i gang."),
        "accounts.tablets",
        "device:manage",
        any_of(Device.id, Device.kind == DeviceKind.TABLET, Device.revoked_at.is_(None)),
        order=70,
    ),
    SetupStep(
        "staff",
        lazy("Dine kolleger"),
        lazy("De får en mail med et link, vælger selv deres adgangskode og ser det, deres rolle skal bruge."),
        "people.everyone",
        "account:manage",
        _has_others,
        order=80,
    ),
)
