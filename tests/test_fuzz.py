"""Bad input never breaks anything: every form of every page, with what no person means to send."""

from __future__ import annotations

import io
import os
import random
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.addresses import parts
from wtforms.fields.core import UnboundField

from shop.orders.asking.models import ShopQuestion
from shop.orders.models import Order
from shop.orders.withdrawing.models import Complaint, Refund, Withdrawal
from shop.payments.models import Finding
from shop.till.models import TillSale
from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, AccountKind, Department
from workshop.citizens.models import CaseloadDelegation, Citizen
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import ROOT, Settings
from workshop.core.forms import BaseForm
from workshop.labels.models import LabelDesign, LabelSheet, Printer, PrintJob
from workshop.logbook.models import LogSample
from workshop.production.canteen.models import Dish
from workshop.production.models import OrderStep, ProductionOrder, PurchaseLine, TaskType
from workshop.production.repairs.models import RepairJob
from workshop.production.routines.models import Routine
from workshop.production.types.models import PermitKind
from workshop.products.codes import actions as codes
from workshop.products.models import HousePrice, Item, ItemCode, ItemState, ProductType, StockCount
from workshop.progression.models import Goal, SubGoal, Talk
from workshop.sealed.models import Accommodation
from workshop.services.billing.models import ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import Postcode, ServiceKind
from workshop.services.requests.models import ServiceQuote, ServiceRequest
from workshop.services.snow.models import SnowAlarm
from workshop.services.visits.models import Resource, Visit
from workshop.tasks.activities.models import GroupActivity
from workshop.tasks.helping.models import HelpCall
from workshop.tasks.models import Assignment, RecordStatus, TaskRecord
from workshop.tasks.permits.models import ToolPermit

SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
TRIES = int(os.environ.get("FUZZ_TRIES", "4"))  # per address; `make soak` asks for more
ALLOWED = {200, 204, 301, 302, 303, 304, 308, 400, 403, 404, 405, 409, 413, 415, 422, 503}
SIGN_OUT = {"accounts.sign_out", "kiosk.sign_out", "accounts.enrol"}
NAMED = re.compile(r'(?:\bname="|request\.(?:form|args)(?:\.get(?:list)?)?[(\[]")([A-Za-z_]\w*)"')
NASTY = [
    "", " ", "0", "-1", "1e9", "NaN", "12,345678", "9" * 400, str(2**31), str(2**63), "-0", "٣", "１２", "true", "null",
    "[]", "{}", "a" * 5_000, "æøåÆØÅ", "é", "\u202eelskA\u202c", "\x00", "a\x00b", "\ud800", "\uffff", "🪑" * 300,
    "مرحبا", "<script>alert(1)</script>", "'; DROP TABLE item; --", "{{ 7*7 }}", "%(x)s %s %d", "../../etc/passwd",
    "=1+1", "2026-02-30", "0000-00-00", "99:99", "2026-11-24", "31. februar", "\r\nSet-Cookie: a=b", "x" * 22, "S9",
    "Q9", "\\", '"', "%", "_", "\t", "\n" * 50,
]  # fmt: skip


def field_names() -> list[str]:
    """Every name a form or a question of ours sends, from the forms' classes, the pages, and what views look for."""
    sources = [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "workshop").rglob("*.py"),
        *(ROOT / "shop").rglob("*.py"),
    ]
    named = {name for source in sources for name in NAMED.findall(source.read_text())}
    forms, waiting = set(), [BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        forms |= {name for name, value in vars(kind).items() if isinstance(value, UnboundField)}
    return sorted(named | forms)


FIELDS = field_names()


def real_values() -> dict[str, list[dict[str, Any]]]:
    """Values of addresses that lead to something, by the beginning of the endpoint's name."""
    with db.reading() as session:

        def ids(column: Any, *where: Any) -> list[Any]:
            return list(session.scalars(sa.select(column).where(*where).limit(3)))

        people = ids(Citizen.public_id, Citizen.display_name.in_(["Aksel", "Mona"]))
        staff = ids(Account.public_id, Account.kind == AccountKind.STAFF)
        drafts = ids(TaskRecord.public_id, TaskRecord.status == RecordStatus.DRAFT)
        numbers = [*ids(Item.number, Item.state == ItemState.FOR_SALE), *ids(Item.number, Item.state == ItemState.MADE)]
        things = [{"number": number, "name": "x", "file": "x-400.webp", "key": "pine_45x95"} for number in numbers]
        tokens = [{"token": token, "number": numbers[0]} for token in ids(ItemCode.token, ItemCode.item_id.is_(None))]
        counts = ids(StockCount.public_id)
        card = {"line_id": 1, "name": "x", "file": "x-400.webp", "printed": "R-101", "token": "x" * 43}
        cards = [{"public_id": each, **card} for each in ids(RepairJob.public_id)]
        steps = [
            {"public_id": order, "step_id": step}
            for order, step in session.execute(
                sa.select(ProductionOrder.public_id, OrderStep.public_id)
                .join(OrderStep, OrderStep.order_id == ProductionOrder.id)
                .limit(3)
            )
        ]
        agreed = sa.select(ServiceJob.public_id, Visit.public_id).join(Visit, Visit.job_id == ServiceJob.id).limit(3)
        agreements = [
            {"public_id": job, "visit_id": visit, "pause_id": "x", "token": "x" * 43, "file": "x-400.webp"}
            for job, visit in session.execute(agreed)
        ]
        days = {"year": 2026, "number": 48, "name": "x", "file": "x-400.webp"}
        visits = [{"public_id": visit, **days} for visit in ids(Visit.public_id)]
        return {
            "citizen_phones": [{"public_id": each, "phone_id": "x" * 22} for each in people],
            "security": [{"public_id": "x" * 22}],
            "resets": [{"token": "x" * 43}],
            "own_phone": [{"token": "x" * 43}],
            "enrolling": [{"public_id": each} for each in people],
            "editing": [{"public_id": each} for each in people],
            "stays": [{"public_id": each} for each in people],
            "suggesting": [{"public_id": each, "wish_id": "x" * 22} for each in people],
            "activities": [{"public_id": each} for each in ids(GroupActivity.public_id)] or [{"public_id": "x"}],
            "people": [{"public_id": each} for each in staff],
            "leaving": [{"public_id": each} for each in staff],
            "accepting": [{"public_id": "x", "token": "x" * 43}],
            "setup_departments": [{"key": each} for each in ids(Department.key)],
            "setup_workshop": [{"file": "x-400.webp"}],
            "setup": [{"token": "x" * 43, "file": "x-400.webp", "key": "vat"}],
            "log_samples": [{"public_id": each} for each in ids(LogSample.public_id)] or [{"public_id": "x"}],
            "seen": [{"public_id": each} for each in people],
            "proofs": [{"public_id": each, "proof_id": "x" * 22, "key": "x"} for each in people],
            "photos": things,
            "stock": things,
            "vat": [{"number": numbers[0], "origin": "bought", "day": "2026-11-24"}],
            "materials": things,
            "house_prices": [{"house_price_id": each} for each in ids(HousePrice.id)],
            "codes": tokens,
            "adding": [{"once": "x" * 22, "way": "unik"}],
            "counting": [{"public_id": each, "number": numbers[0]} for each in counts],
            "printers": [{"public_id": each} for each in ids(Printer.public_id)],
            "designs": [{"public_id": each} for each in ids(LabelDesign.public_id)],
            "sheets": [{"key": each} for each in ids(LabelSheet.key)],
            "stores": [{"key": "pine_45x95", "file": "x-400.webp"}],
            "order_materials": [{"public_id": each} for each in ids(ProductionOrder.public_id)],
            "buying": [{"public_id": each} for each in ids(PurchaseLine.public_id)],
            "garden_requests": [{"public_id": each} for each in ids(ServiceRequest.public_id)],
            "quote_answers": [{"public_id": each} for each in ids(ServiceRequest.public_id)],
            "garden_quotes": [{"public_id": each, "token": "x" * 43} for each in ids(ServiceQuote.public_id)],
            "garden_withdrawals": [{"public_id": each} for each in ids(Withdrawal.public_id)],
            "services": [{"slug": each, "public_id": "x"} for each in ids(ServiceKind.slug)],
            "services_by_phone": [{"slug": each} for each in ids(ServiceKind.slug)],
            "service_prices": [{"key": each} for each in ids(ServiceKind.key)],
            "service_area": [{"code": each} for each in ids(Postcode.code)],
            "request_photos": [{"file": "x-400.webp"}],
            "canteen": [
                {"key": key, "day": "2026-11-24", "year": 2026, "number": 48, "dish_id": dish}
                for key in ids(Department.key)
                for dish in ids(Dish.id)[:1]
            ],
            "routines": [
                {"public_id": each, "day": "2026-11-24", "year": 2026, "number": 48} for each in ids(Routine.public_id)
            ],
            "repairs": cards,
            "repair_work": cards,
            "repair_photos": cards,
            "handing_back": cards,
            "handed_in": cards,
            "garden_plan": visits,
            "garden_visit": visits,
            "garden_photos": visits,
            "garden_round": [{"day": "2026-11-24", "team_id": team} for team in ids(Resource.public_id)],
            "garden_resources": [{"public_id": each} for each in ids(Resource.public_id)],
            "garden_jobs": agreements,
            "garden_job_visits": agreements,
            "agreement": agreements,
            "agreement_calendar": agreements,
            "snow": [*({"public_id": each} for each in ids(SnowAlarm.public_id)), *agreements],
            "snow_log": agreements,
            "billing": [{"public_id": each} for each in ids(ServiceCharge.public_id)],
            "paying": [{"public_id": each, "token": "x" * 43} for each in ids(ServiceCharge.public_id)],
            "till": [{"public_id": each} for each in ids(TillSale.public_id)],
            "house": [
                {"key": "om", "kind": "pickup", "weekday": 0, "minute": 540}
                | {"day": "2026-11-24", "code": "3200", "zone": 9}
            ],
            "targets": [{"sku": each} for each in ids(ProductType.sku)],
            "parts": [{"sku": each, "position": 1} for each in ids(ProductType.sku)],
            "competences": [{"key": "sawing", "task_key": each} for each in ids(TaskType.key)],
            "competence_links": [{"key": "sawing", "task_key": each} for each in ids(TaskType.key)],
            "permits": [
                {"public_id": person, "permit_id": permit}
                for person in people
                for permit in [*ids(ToolPermit.public_id), "x" * 22][:1]
            ],
            "permit_kinds": [{"kind_id": each} for each in ids(PermitKind.id)],
            "task_types": [{"key": each, "file": "x-400.webp"} for each in ids(TaskType.key)],
            "product_types": [{"sku": each} for each in ids(ProductType.sku)],
            "cards": [{"public_id": each} for each in ids(ProductionOrder.public_id)],
            "planning": [{"public_id": each} for each in ids(ProductionOrder.public_id)],
            "pictures": [
                {"public_id": each, "name": "x", "file": "x-400.webp"} for each in ids(ProductionOrder.public_id)
            ],
            "steps": steps,
            "production": steps,
            "progression": [
                {"public_id": person, "goal_id": goal, "talk_id": talk, "step_id": step}
                for person in people
                for goal in ids(Goal.public_id)[:1]
                for talk in ids(Talk.public_id)[:1]
                for step in [*ids(SubGoal.public_id), "x" * 22][:1]
            ],
            "citizens": [{"public_id": person, "day": "2026-11-24"} for person in people],
            "opening": [{"public_id": each} for each in people],
            "citizen_cards": [{"public_id": each} for each in people],
            "copies": [{"public_id": each} for each in people],
            "mine": [
                {"goal_id": goal, "record_id": done, "step_id": "x" * 22, "wish_id": "x" * 22, "key": "sanding"}
                for goal in ids(Goal.public_id)
                for done in ids(TaskRecord.public_id)[:1]
            ],
            "delegating": [{"public_id": each} for each in ids(CaseloadDelegation.public_id)] or [{"public_id": "x"}],
            "sealed": [
                {"public_id": person, "care_id": care, "delegation_id": "x" * 22}
                for person in people
                for care in [*ids(Accommodation.public_id), "x" * 22][:1]
            ],
            "team": [{"public_id": each} for each in drafts],
            "remarks": [{"public_id": each, "citizen_id": person} for each in drafts[:1] for person in people[:2]],
            "team_rounds": [
                *({"kind": "tavle", "ident": each} for each in ids(Assignment.public_id)),
                {"kind": "opgave", "ident": "wood_sanding"},
            ],
            "unrecorded": [{"kind": "ordre", "ident": each} for each in ids(ProductionOrder.public_id)],
            "helping": [{"public_id": each} for each in ids(HelpCall.public_id)] or [{"public_id": "x"}],
            "week": [{"public_id": given, "year": 2026, "number": 48} for given in ids(Assignment.public_id)],
            "labels": [{"public_id": job, "number": numbers[0]} for job in ids(PrintJob.public_id)],
            "made": [{"name": "hb-01-havebaenk-med-ryglaen"}],
            "making": [{"public_id": order} for order in ids(Order.public_id)],
            "reconciling": [{"public_id": each} for each in ids(Finding.public_id)],
            "withdrawing": [
                {"public_id": each, "receipt_id": each, "refund_id": refund, "file": "x-400.webp"}
                for column in (Withdrawal.public_id, Complaint.public_id, Order.public_id)
                for each in ids(column)[:2]
                for refund in ids(Refund.public_id)[:1]
            ],
            "orders": [
                {"public_id": order, "token": "x" * 43, "code": code}
                for order, code in session.execute(sa.select(Order.public_id, Order.handover_code).limit(3))
            ],
            "phone": [{"sku": sku} for sku in ids(ProductType.sku, ProductType.is_made_to_order)],
            "kiosk": [
                {**thing, "public_id": whose, **code, "count_id": count, "job_id": job, "kind": "canteen", "task": task}
                for whose in [people[0], *ids(Assignment.public_id)[:1]]
                for thing in things
                for code in tokens[:1]
                for count in counts[:1]
                for job in ids(PrintJob.public_id)[-1:]
                for task in ids(TaskType.key)[:1]
            ],
            "products": things,
            "asking": [{"public_id": each, "token": "x" * 43} for each in ids(ShopQuestion.public_id)],
            "storefront": [{"name": str(numbers[0]), "section": "havemobler", "token": ids(Item.qr_token)[0]}],
        }  # fmt: skip


def body(chance: random.Random) -> dict[str, Any]:
    """A form as nobody would fill it in, in one of several broken shapes."""
    fields: dict[str, Any] = {name: chance.choice(NASTY) for name in chance.sample(FIELDS, k=chance.randrange(1, 50))}
    kind = chance.randrange(8)
    if kind == 0:
        return {"data": chance.choice(NASTY).encode("utf-8", "surrogatepass"), "content_type": "application/json"}
    if kind == 1:
        return {
            "data": b"--x\r\nContent-Disposition: form-data; name=",
            "content_type": "multipart/form-data; boundary=x",
        }
    if kind == 2:
        raw = b"&".join(b"%s=%s" % (name.encode(), b"%ff%fe%00") for name in fields)
        return {"data": raw, "content_type": "application/x-www-form-urlencoded"}
    if kind == 3:
        fields["photo"] = (io.BytesIO(chance.randbytes(200)), chance.choice(["a.jpg", "../a.svg", "", "æ" * 300]))
        return {"data": _sendable(fields), "content_type": "multipart/form-data"}
    if kind == 4:
        return {"data": {name: [value.encode("utf-8", "replace").decode()] * 3 for name, value in fields.items()}}
    return {"data": _sendable(fields)}


def _sendable(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in fields.items()
    }


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of every rule, with values that lead somewhere."""
    values, found = real_values(), []
    urls = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for given in values.get(rule.endpoint.split(".")[0], [{}])[:2]:
            filled = parts(rule, given)
            methods = sorted((rule.methods or set()) & {"GET", "POST"} if rule.endpoint not in SIGN_OUT else ())
            found += [(rule.endpoint, each, urls.build(rule.endpoint, filled, method=each)) for each in methods]
    return found


def question(chance: random.Random) -> dict[str, Any]:
    """A query string as nobody would write it, half the time."""
    if chance.random() < 0.5:
        return {}
    return {"query_string": _sendable({name: chance.choice(NASTY) for name in chance.sample(FIELDS, k=8)})}


def bombard(client: FlaskClient, app: Flask, chance: random.Random) -> None:
    broken = []
    for endpoint, method, address in addresses(app):
        for _try in range(TRIES):
            sent = body(chance) if method == "POST" else question(chance)
            answer = client.open(address, method=method, **sent)
            if answer.status_code not in ALLOWED or b"Traceback" in answer.data:
                broken.append((endpoint, method, address, answer.status_code))
    assert broken == []


@pytest.fixture
def filled(demo: Flask) -> Flask:
    with db.transaction() as session:
        codes.reserve(session, 2, base_url=factories.BASE_URL, now=clock.now(), by_staff_id=None)
    return demo


def test_staff_forms_survive_anything(filled: Flask, client: FlaskClient) -> None:
    with db.transaction() as session:
        everything = [role for role in Role if role is not Role.CITIZEN]
        at = list(session.scalars(sa.select(Department)))
        factories.staff(session, email="alle@butik.example", roles=everything, departments=at, now=clock.now())
    client.post("/personale/log-ind", data={"email": "alle@butik.example", "password": factories.PASSWORD})
    bombard(client, filled, random.Random(SEED))


def test_the_tablets_forms_survive_anything(filled: Flask, client: FlaskClient, settings: Settings) -> None:
    now = clock.now()
    with db.transaction() as session:
        aksel = session.scalars(sa.select(Citizen).where(Citizen.display_name == "Aksel")).one()
        lone = factories.staff(session, roles=[Role.ADMIN], departments=[])
        _device, key = accounts.enrol_device(
            session, name="T", department_id=aksel.department_id, by_staff_id=lone.account_id, now=now
        )
        pin = accounts.new_citizen_pin(session, aksel.account_id, pepper=settings.pin_pepper, now=now, cheap=True)
        person = aksel.public_id
    client.set_cookie("tablet", key)
    assert client.post(f"/vaerksted/kode/{person}", data={"pin": pin}).status_code == 303
    bombard(client, filled, random.Random(SEED + 1))


def test_the_shops_forms_survive_anything(filled: Flask, client: FlaskClient) -> None:
    bombard(client, filled, random.Random(SEED + 2))


@pytest.mark.plants
def test_a_page_that_breaks_is_seen(filled: Flask, client: FlaskClient) -> None:
    def planted() -> str:
        raise KeyError

    planted.__access__ = filled.view_functions["healthz"].__access__  # type: ignore[attr-defined]
    filled.add_url_rule("/planted", "planted", planted)
    with pytest.raises(KeyError):
        bombard(client, filled, random.Random(SEED))
