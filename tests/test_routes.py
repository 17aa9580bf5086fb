"""Every address, every role: who may open what, against a table written out and reviewed by hand.

A new view must be entered here; the app itself refuses to start with a view nobody decided about.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories
from support.addresses import parts
from werkzeug.routing import Rule

from workshop.accounts import actions as accounts
from workshop.accounts.models import Account, Device
from workshop.citizens import actions as citizens
from workshop.citizens.models import Citizen, ProgrammeType
from workshop.core import access, db
from workshop.core.access import GRANTS, Role
from workshop.core.config import Settings

EXPECTED = {
    "GET /personale/": "desk:open",
    "POST /personale/tabletter": "device:manage",
    "POST /personale/tabletter/<public_id>/luk": "device:manage",
    "GET /personale/log-ind": "public",
    "POST /personale/log-ind": "public",
    "POST /personale/log-ud": "desk:open",
    "GET /personale/tabletter": "device:manage",
    "GET /personale/borgere/fremmoede/<day>": "record:confirm",
    "POST /personale/borgere/fremmoede/<day>": "record:confirm",
    "GET /personale/borgere/fremmoede": "record:confirm",
    "GET /personale/borgere/<public_id>/kode": "pin:release",
    "GET /personale/borgere": "citizen:read",
    "POST /personale/borgere/<public_id>/kode/ny": "pin:release",
    "POST /personale/borgere/<public_id>/kode/slip": "pin:release",
    "GET /personale/moebler/ny": "item:edit",
    "GET /personale/moebler/ny/<way>": "item:edit",
    "POST /personale/moebler/ny/<way>": "item:edit",
    "GET /personale/moebler/ny/lavet/<once>": "item:edit",
    "POST /personale/moebler/ny/lavet/<once>/fortryd": "item:edit",
    "GET /personale/moebler/scan": "item:read",
    "GET /personale/moebler/optaelling": "item:count",
    "POST /personale/moebler/optaelling": "item:count",
    "GET /personale/moebler/optaelling/<public_id>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/set": "item:count",
    "GET /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/nr/<int(max=2147483647):number>/fortryd": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/afslut": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/taelvidere": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/ret": "item:count",
    "POST /personale/moebler/optaelling/<public_id>/drop": "item:count",
    "GET /personale/moebler/<int(max=2147483647):number>/lager": "item:read",
    "POST /personale/moebler/<int(max=2147483647):number>/lager": "item:count",
    "GET /personale/moebler/import": "item:edit",
    "POST /personale/moebler/import": "item:edit",
    "GET /personale/moebler/import/<name>": "item:edit",
    "POST /personale/moebler/import/<name>": "item:edit",
    "GET /personale/moebler/import/skabelon.csv": "item:edit",
    "GET /personale/moebler/import/skabelon.xlsx": "item:edit",
    "GET /personale/moebler/eksport.csv": "item:read",
    "GET /personale/moebler/eksport.xlsx": "item:read",
    "GET /personale/moebler/kode/<token>": "item:edit",
    "POST /personale/moebler/kode/<token>/ny": "item:edit",
    "POST /personale/moebler/kode/<token>/paa": "item:edit",
    "POST /personale/moebler/kode/<token>/fri": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/ny-kode": "item:edit",
    "GET /healthz": "public",
    "POST /vaerksted/opgaver/<public_id>/svar": "kiosk:use",
    "POST /vaerksted/sprog": "tablet",
    "POST /vaerksted/opgaver/<public_id>/faerdig": "tablet",
    "GET /vaerksted/hjaelp": "tablet",
    "POST /vaerksted/her": "kiosk:use",
    "GET /vaerksted/hjem": "kiosk:use",
    "GET /vaerksted/opgaver/<public_id>/faerdig": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke/<job_id>.pdf": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/maerke.png": "kiosk:use",
    "GET /vaerksted/sprog": "tablet",
    "GET /vaerksted/opgaver/<public_id>/lavet": "kiosk:use",
    "GET /vaerksted/uge": "kiosk:use",
    "GET /vaerksted/ikke-klar": "public",
    "GET /vaerksted/moebler/<int:number>/foto": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/foto/<name>.jpg": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/foto": "kiosk:use",
    "GET /vaerksted/kode/<public_id>": "tablet",
    "GET /vaerksted/kode-hjaelp": "tablet",
    "POST /vaerksted/kode/<public_id>": "tablet",
    "GET /vaerksted/moebler/<int:number>/pris": "kiosk:use",
    "GET /vaerksted/scan": "kiosk:use",
    "GET /vaerksted/nyt": "kiosk:use",
    "POST /vaerksted/nyt": "kiosk:use",
    "GET /vaerksted/nyt/kode/<token>": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>/gammel": "kiosk:use",
    "POST /vaerksted/nyt/kode/<token>/fri": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/videre": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/navn": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/navn": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/faerdig": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/foto/fortryd": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/pris": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke/<job_id>/godt": "kiosk:use",
    "POST /vaerksted/moebler/<int:number>/maerke/<job_id>/igen": "kiosk:use",
    "GET /vaerksted/maerker": "kiosk:use",
    "GET /vaerksted/maerker/ark": "kiosk:use",
    "POST /vaerksted/maerker/ark": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>/billede.png": "kiosk:use",
    "GET /vaerksted/maerker/<job_id>.pdf": "kiosk:use",
    "POST /vaerksted/maerker/<job_id>/godt": "kiosk:use",
    "POST /vaerksted/maerker/<job_id>/igen": "kiosk:use",
    "GET /vaerksted/tael": "kiosk:use",
    "POST /vaerksted/tael": "kiosk:use",
    "GET /vaerksted/tael/<count_id>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>": "kiosk:use",
    "GET /vaerksted/tael/<count_id>/<int:number>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/<int:number>": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/<int:number>/fortryd": "kiosk:use",
    "POST /vaerksted/tael/<count_id>/faerdig": "kiosk:use",
    "POST /vaerksted/ud": "tablet",
    "POST /vaerksted/opgaver/<public_id>/start": "kiosk:use",
    "GET /vaerksted/opgaver": "kiosk:use",
    "GET /vaerksted/moebler/<int:number>": "kiosk:use",
    "GET /vaerksted": "tablet",
    "POST /personale/prismaerker/<public_id>/igen": "label:print",
    "GET /personale/prismaerker/<public_id>": "label:print",
    "POST /personale/prismaerker": "label:print",
    "GET /personale/prismaerker/<public_id>/pdf": "label:print",
    "GET /personale/prismaerker/eksempel/<int(max=2147483647):number>.png": "label:print",
    "POST /personale/prismaerker/nr/<int(max=2147483647):number>": "label:print",
    "POST /personale/prismaerker/<public_id>/udskrevet": "label:print",
    "GET /personale/prismaerker": "label:print",
    "POST /personale/prismaerker/<public_id>/nogle": "label:print",
    "POST /personale/prismaerker/<public_id>/send": "label:print",
    "GET /personale/prismaerker/blanke": "label:print",
    "POST /personale/prismaerker/blanke": "label:print",
    "GET /personale/prismaerker/layout": "label:design",
    "GET /personale/prismaerker/layout/ny": "label:design",
    "POST /personale/prismaerker/layout/ny": "label:design",
    "GET /personale/prismaerker/layout/eksempel.png": "label:design",
    "GET /personale/prismaerker/layout/<public_id>": "label:design",
    "POST /personale/prismaerker/layout/<public_id>": "label:design",
    "POST /personale/prismaerker/layout/<public_id>/brug": "label:design",
    "GET /personale/prismaerker/ark": "label:design",
    "GET /personale/prismaerker/ark/nyt": "label:design",
    "POST /personale/prismaerker/ark/nyt": "label:design",
    "GET /personale/prismaerker/ark/<key>": "label:design",
    "POST /personale/prismaerker/ark/<key>": "label:design",
    "POST /personale/prismaerker/ark/<key>/slet": "label:design",
    "GET /personale/prismaerker/printere": "printer:manage",
    "GET /personale/prismaerker/printere/ny": "printer:manage",
    "POST /personale/prismaerker/printere/ny": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>/ret-ind": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/ret-ind": "printer:manage",
    "GET /personale/prismaerker/printere/<public_id>/proeveside.pdf": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/proeve": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/nulstil": "printer:manage",
    "POST /personale/prismaerker/printere/<public_id>/bakke": "printer:manage",
    "GET /personale/mails": "mail:read",
    "GET /ordre/<public_id>/annuller": "public",
    "GET /ordre/<public_id>/bekraeft/<token>": "public",
    "POST /ordre/<public_id>/annuller": "public",
    "POST /ordre/<public_id>/bekraeft/<token>": "public",
    "GET /personale/ordrer": "order:read",
    "POST /personale/ordrer/<public_id>/annuller": "order:handle",
    "GET /personale/ordrer/<public_id>": "order:read",
    "POST /personale/ordrer/<public_id>/udlever": "order:handle",
    "GET /ordre/<public_id>/<token>": "public",
    "GET /ordre/<public_id>": "public",
    "POST /ordre/<public_id>/betal": "public",
    "POST /personale/ordrer/<public_id>/betal-tilbage": "order:refund",
    "POST /personale/ordrer/<public_id>/klar": "order:handle",
    "POST /indstillinger": "public",
    "POST /personale/produktion/<public_id>/trin": "production:edit",
    "POST /personale/produktion/<public_id>/stop": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/faerdig": "production:edit",
    "GET /personale/produktion/ny": "production:edit",
    "POST /personale/produktion/ny": "production:edit",
    "GET /personale/produktion/<public_id>": "production:read",
    "GET /personale/produktion": "production:read",
    "GET /personale/produktion/tavle": "production:read",
    "POST /personale/produktion/<public_id>/udfald": "production:edit",
    "POST /personale/produktion/<public_id>/afslut": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/tilbage": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/igen": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/flyt": "production:edit",
    "GET /personale/produktion/<public_id>/trin/<step_id>": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>": "production:edit",
    "GET /personale/produktion/<public_id>/ret": "production:edit",
    "POST /personale/produktion/<public_id>/ret": "production:edit",
    "GET /personale/produktion/<public_id>/flyt": "production:edit",
    "POST /personale/produktion/<public_id>/flyt": "production:edit",
    "POST /personale/produktion/<public_id>/billeder": "production:edit",
    "POST /personale/produktion/<public_id>/billeder/<name>/fjern": "production:edit",
    "GET /personale/produktion/skitse/<file>": "production:read",
    "GET /personale/produktion/skaerelister": "production:read",
    "GET /personale/produktion/skaerelister/<sku>": "production:read",
    "POST /personale/produktion/skaerelister/<sku>": "production:edit",
    "GET /personale/produktion/skaerelister/<sku>/<int:position>": "production:edit",
    "POST /personale/produktion/skaerelister/<sku>/<int:position>": "production:edit",
    "POST /personale/produktion/skaerelister/<sku>/<int:position>/fjern": "production:edit",
    "GET /personale/produktion/lagermaal": "production:read",
    "POST /personale/produktion/lagermaal": "production:edit",
    "POST /personale/produktion/lagermaal/<sku>/fjern": "production:edit",
    "POST /personale/produktion/lagermaal/<sku>/ordre": "production:edit",
    "GET /personale/produktion/<public_id>/arbejdskort.pdf": "production:read",
    "GET /personale/produktion/kort/<public_id>": "public",
    "GET /personale/produktion/lager": "production:read",
    "GET /personale/produktion/lager/ind": "production:edit",
    "POST /personale/produktion/lager/ind": "production:edit",
    "GET /personale/produktion/lager/foto/<file>": "production:read",
    "GET /personale/produktion/lager/materiale/<key>": "production:read",
    "POST /personale/produktion/lager/materiale/<key>/talt": "production:edit",
    "POST /personale/produktion/lager/materiale/<key>/ud": "production:edit",
    "POST /personale/produktion/lager/materiale/<key>/mindst": "production:edit",
    "GET /personale/produktion/<public_id>/materialer": "production:read",
    "POST /personale/produktion/<public_id>/materialer": "production:edit",
    "POST /personale/produktion/<public_id>/materialer/alt": "production:edit",
    "GET /personale/produktion/indkoeb": "production:read",
    "POST /personale/produktion/indkoeb/mangler": "production:edit",
    "POST /personale/produktion/indkoeb/bestilt": "production:edit",
    "GET /personale/produktion/indkoeb/ny": "production:edit",
    "POST /personale/produktion/indkoeb/ny": "production:edit",
    "GET /personale/produktion/indkoeb/<public_id>": "production:read",
    "POST /personale/produktion/indkoeb/<public_id>/ret": "production:edit",
    "POST /personale/produktion/indkoeb/<public_id>/modtag": "production:edit",
    "POST /personale/produktion/indkoeb/<public_id>/drop": "production:edit",
    "POST /personale/produktion/<public_id>/trin/<step_id>/spring-over": "production:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/godkend": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/godkend": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/oplysninger": "item:edit",
    "GET /personale/moebler/<int(max=2147483647):number>": "item:read",
    "GET /personale/moebler": "item:read",
    "GET /foto/<file>": "public",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/fjern": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/flyt": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/tekst": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/billeder/<name>/skjul": "item:approve",
    "POST /personale/moebler/<int(max=2147483647):number>/pris": "item:price",
    "GET /personale/foto/<file>": "item:read",
    "POST /personale/moebler/<int(max=2147483647):number>/tag-ud": "item:approve",
    "GET /personale/borgere/<public_id>": "citizen:read",
    "POST /personale/borgere/<public_id>/maal/<goal_id>/eksempel": "plan:edit",
    "POST /personale/borgere/<public_id>/grund": "citizen:read",
    "GET /personale/borgere/<public_id>/maal/<goal_id>": "plan:edit",
    "POST /personale/borgere/<public_id>/maal/<goal_id>": "plan:edit",
    "GET /personale/borgere/<public_id>/maal": "plan:edit",
    "POST /personale/borgere/<public_id>/maal": "plan:edit",
    "GET /personale/borgere/<public_id>/plan": "plan:edit",
    "POST /personale/borgere/<public_id>/plan": "plan:edit",
    "POST /personale/borgere/<public_id>/samtale/<talk_id>/luk": "level:adopt",
    "POST /personale/borgere/<public_id>/samtale": "level:adopt",
    "GET /personale/borgere/<public_id>/samtale/<talk_id>": "level:adopt",
    "POST /personale/borgere/<public_id>/samtale/<talk_id>": "level:adopt",
    "GET /vaerksted/det-kan-jeg": "kiosk:use",
    "GET /static/build/<path:name>": "public",
    "GET /kurv": "public",
    "POST /kassen": "public",
    "GET /butik/<section>": "public",
    "GET /kassen": "public",
    "GET /": "public",
    "GET /vare/<name>": "public",
    "GET /<any(om, levering, betingelser, persondata, tilgaengelighed):name>": "public",
    "POST /kurv": "public",
    "GET /Q/<token>": "public",
    "GET /q/<token>": "public",
    "POST /kurv/fjern": "public",
    "POST /stripe/webhook": "webhook",
    "POST /personale/hold/<public_id>": "record:confirm",
    "POST /personale/hold/<public_id>/ret": "record:confirm",
    "GET /personale/hold/<public_id>": "record:confirm",
    "POST /personale/hold/<public_id>/annuller": "record:confirm",
    "GET /personale/hold": "record:confirm",
    "POST /personale/uge/ny": "week:assign",
    "POST /personale/uge/opgave/<public_id>/tag-af": "week:assign",
    "POST /personale/uge/opgave/<public_id>": "week:assign",
    "GET /personale/uge/ny": "week:assign",
    "GET /personale/uge/opgave/<public_id>": "week:assign",
    "GET /personale/uge": "week:read",
    "GET /personale/uge/<int:year>-<int:number>": "week:read",
    "GET /personale/moebler/huspriser": "item:read",
    "GET /personale/moebler/huspriser/ny": "item:price",
    "POST /personale/moebler/huspriser/ny": "item:price",
    "GET /personale/moebler/huspriser/<int(max=2147483647):house_price_id>": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>/tag-ud": "item:price",
    "POST /personale/moebler/huspriser/<int(max=2147483647):house_price_id>/tag-i-brug": "item:price",
    "GET /personale/moebler/materialer": "item:read",
    "GET /personale/moebler/materialer/nyt": "item:edit",
    "POST /personale/moebler/materialer/nyt": "item:edit",
    "GET /personale/moebler/materialer/<key>": "item:edit",
    "POST /personale/moebler/materialer/<key>": "item:edit",
    "POST /personale/moebler/materialer/<key>/fjern": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/materialer": "item:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/materialer/<key>/fjern": "item:edit",
    "GET /personale/moebler/moms": "vat:edit",
    "POST /personale/moebler/moms": "vat:edit",
    "POST /personale/moebler/moms/<origin>/<day>/fjern": "vat:edit",
    "POST /personale/moebler/<int(max=2147483647):number>/oprindelse": "item:edit",
}
RANDOM = {"public_id": "x" * 22, "goal_id": "x" * 22, "talk_id": "x" * 22, "step_id": "x" * 22, "token": "x" * 10}
GIVEN = {**RANDOM, "number": 999_999, "name": "x", "file": "x-400.webp", "section": "havemobler", "day": "2026-11-24"}
SIGN_IN = "/personale/log-ind"


def key_of(rule: Rule) -> str:
    methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    return f"{methods} {rule.rule}"


def visited(app: Flask) -> list[tuple[str, str, str]]:
    """(key, method, address) of every rule, with values that belong to nobody."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = parts(rule, {"year": 2026, **GIVEN})
            address = app.url_map.bind("localhost").build(
                rule.endpoint, values, method=next(iter(rule.methods or ["GET"]))
            )
            method = "POST" if "POST" in (rule.methods or set()) else "GET"
            found.append((key_of(rule), method, address))
    return found


def new_client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def staff_client(app: Flask, role: Role) -> FlaskClient:
    with db.transaction() as session:
        factories.staff(session, name=role.value, email=f"{role.value}@butik.example", roles=[role])
    client = new_client(app)
    data = {"email": f"{role.value}@butik.example", "password": factories.PASSWORD}
    assert client.post(SIGN_IN, data=data).status_code == 303
    return client


def citizen_client(app: Flask, settings: Settings, now: datetime) -> FlaskClient:
    with db.transaction() as session:
        admin = factories.staff(session, roles=[Role.ADMIN])
        at = factories.department(session)
        _device, key = accounts.enrol_device(
            session, name="Tablet", department_id=at.id, by_staff_id=admin.account_id, now=now
        )
        programme = ProgrammeType(
            key="test", name="Forløb", legal_reference="", weeks=13, meeting_pattern=[], report_template="",
            valid_from=now.date(), valid_to=None, plan_name="Udviklingsplan",
        )  # fmt: skip
        session.add(programme)
        session.flush()
        person = citizens.add_citizen(
            session, full_name="Prøve Eksempel", display_name="Prøve", picture="raev", department_id=at.id, pin="4711",
            pepper=settings.pin_pepper, programme_type_id=programme.id, started_on=now.date(), ends_on=None,
            contact_staff_id=admin.account_id, now=now, cheap=True, weekdays=range(7),
        )  # fmt: skip
        public_id = person.public_id
    client = new_client(app)
    client.set_cookie("tablet", key)
    answer = client.post(f"/vaerksted/kode/{public_id}", data={"pin": "4711"})
    assert answer.status_code == 303, answer.text
    return client


def is_let_in(client: FlaskClient, method: str, address: str) -> bool:
    """Whether the guard lets the request through; what the page then says of ids nobody has is its own matter."""
    answer = client.open(address, method=method)
    assert answer.status_code < 500, f"{method} {address} answered {answer.status_code}"
    location = answer.headers.get("Location", "")
    turned_away = answer.status_code == 303 and (
        SIGN_IN in location or location in {"/vaerksted/ikke-klar", "/vaerksted"}
    )
    return not (answer.status_code == 403 or turned_away)


def may(key: str, roles: set[Role], *, has_tablet: bool = False) -> bool:
    """What the table says."""
    needed = EXPECTED[key]
    if needed in {"public", "webhook"}:
        return True
    if needed == "tablet":
        return has_tablet
    return any(needed in GRANTS[role] for role in roles)


# Signing in or out changes who is asking; looking at the first page of the tablet is where being turned away leads.
LEFT_OUT = re.compile(
    r"POST /personale/log-(?:ind|ud)|POST /vaerksted/ud|GET /vaerksted(?:/ikke-klar)?$|POST /personale/tabletter$"
)


def check(app: Flask, client: FlaskClient, roles: set[Role], *, has_tablet: bool = False) -> None:
    wrong = [
        key
        for key, method, address in visited(app)
        if not LEFT_OUT.match(key) and is_let_in(client, method, address) is not may(key, roles, has_tablet=has_tablet)
    ]
    assert wrong == []


@pytest.mark.once
def test_the_table_names_every_address_and_no_other(app: Flask) -> None:
    found = {}
    for rule in app.url_map.iter_rules():
        mark = access.mark_of(app, rule.endpoint)
        assert mark is not None
        found[key_of(rule)] = mark.permission or mark.kind
    assert found == EXPECTED


@pytest.mark.once
def test_an_address_missing_from_the_table_is_seen(app: Flask) -> None:
    app._got_first_request = False
    app.add_url_rule("/planted", "planted", access.public(lambda: "open"))
    assert "GET /planted" not in EXPECTED
    assert "GET /planted" in {key_of(rule) for rule in app.url_map.iter_rules()}


def test_a_visitor(app: Flask) -> None:
    check(app, new_client(app), set())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CITIZEN])
def test_staff_by_role(app: Flask, role: Role) -> None:
    check(app, staff_client(app, role), {role})


def test_a_citizen_at_the_tablet(app: Flask, settings: Settings) -> None:
    check(app, citizen_client(app, settings, datetime.now().astimezone()), {Role.CITIZEN}, has_tablet=True)


def test_a_disabled_account_is_a_visitor(app: Flask) -> None:
    client = staff_client(app, Role.WORKSHOP)
    with db.transaction() as session:
        session.execute(sa.update(Account).values(is_active=False))
    check(app, client, set())


def test_a_revoked_tablet_is_no_tablet(app: Flask, settings: Settings) -> None:
    now = datetime.now().astimezone()
    client = citizen_client(app, settings, now)
    with db.transaction() as session:
        accounts.revoke_device(session, session.scalars(sa.select(Device.id)).one(), now)
    check(app, client, set())


def test_a_citizen_of_another_department_is_answered_like_one_that_is_not_there(app: Flask, settings: Settings) -> None:
    citizen_client(app, settings, datetime.now().astimezone())
    with db.transaction() as session:
        other = accounts.add_department(session, "have", "Haveholdet")
        factories.staff(
            session, email="mette@butik.example", roles=[Role.WORKSHOP, Role.CONSULTANT], departments=[other]
        )
        foreign = session.scalars(sa.select(Citizen.public_id)).one()
    client = new_client(app)
    client.post(SIGN_IN, data={"email": "mette@butik.example", "password": factories.PASSWORD})
    for page in ("/personale/borgere/{}", "/personale/borgere/{}/kode", "/personale/borgere/{}/plan"):
        there, missing = client.get(page.format(foreign)), client.get(page.format("x" * 22))
        assert (there.status_code, there.text) == (404, missing.text)
