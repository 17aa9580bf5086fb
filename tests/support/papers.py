"""Every file the house gives out (PDF, list, calendar, mail), and what is wrong with one that carries a text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any

import openpyxl
import pypdfium2
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from shop.orders.models import Order
from tests.support import actors, injection
from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen, ContactPerson
from workshop.core import clock, db, mail
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.labels.models import PrintJob
from workshop.production.models import ProductionOrder
from workshop.production.repairs.models import RepairJob
from workshop.products.importing.tables import FORMULA_SIGNS
from workshop.products.models import Item, ItemState
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit, VisitResource
from workshop.tasks.models import Assignment

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
FILE_NAME = re.compile(r"(inline|attachment)(; filename=\"?[A-Za-z0-9._-]+\"?)?")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
# Endpoints of files on which no text of anybody stands.
WITHOUT = {"importing.csv_template", "importing.xlsx_template", "printers.calibration_file", "feeds.sitemap"} | {
    "proofs.on_paper", "mine_proofs.on_paper",  # what was signed; a text planted later is refused, see their own tests
}  # fmt: skip
PICTURES = {"labels.preview", "designs.preview", "kiosk.label_picture", "kiosk.run_picture", "kiosk.run_file"}
ENDINGS = (".pdf", "/pdf", ".csv", ".xlsx", ".ics", ".xml", ".png")


@dataclass(frozen=True)
class Paper:
    """A file: the endpoint it comes from, who asks, and its address."""

    endpoint: str
    client: FlaskClient
    address: str


def papers(app: Flask, settings: Settings) -> list[Paper]:
    """All of them, in the filled demo: for each the first that is there."""
    desk, tablet, customer = actors.desk(app), actors.tablet(app, "Mona", settings).client, actors.browser(app)
    phone = actors.phone(app, "Aksel", settings)
    contact, auditor = _contact_of_everybody(app), actors.desk(app, Role.AUDITOR)
    with db.reading() as session:

        def every(column: Any, *where: Any) -> list[Any]:
            return list(session.scalars(sa.select(column).where(*where).order_by(column)))

        things = every(Item.number, Item.state == ItemState.MADE) + every(Item.number)[:20]
        labels, making, repairs = (every(each.public_id) for each in (PrintJob, ProductionOrder, RepairJob))
        days = every(Visit.day, Visit.day.is_not(None), sa.exists().where(VisitResource.visit_id == Visit.id))
        people = every(Citizen.public_id)
        given = every(Assignment.public_id, Assignment.day <= clock.local_day(clock.now()))
        orders, agreements = every(Order.public_id), every(ServiceJob.public_id)
    for what, ids, path in (("order-link", orders, "/ordre"), ("service-job", agreements, "/aftale")):
        for each in ids:
            customer.get(f"{path}/{each}/{mail.secret_of(settings.secret_key, f'{what}:{each}')}")
    feeds = [mail.secret_of(settings.secret_key, f"service-calendar:{each}") for each in agreements]
    tried: list[tuple[str, FlaskClient, Iterable[str]]] = [
        ("importing.csv_list", desk, ["/personale/moebler/eksport.csv"]),
        ("importing.xlsx_list", desk, ["/personale/moebler/eksport.xlsx"]),
        ("repairs.print_slip", desk, (f"/personale/produktion/indleveret/{each}/seddel.pdf" for each in repairs)),
        ("cards.card", desk, (f"/personale/produktion/{each}/arbejdskort.pdf" for each in making)),
        ("garden_round.paper", desk, (f"/personale/serviceture/{each.isoformat()}/tur.pdf" for each in days)),
        ("snow.log_paper", desk, (f"/personale/sne/log/{each}/log.pdf" for each in agreements)),
        ("snow_log.paper", customer, (f"/aftale/{each}/snelog.pdf" for each in agreements)),
        ("team_rounds.sheet", desk, (f"/personale/hold/runde/tavle/{each}/ark.pdf" for each in given)),
        ("labels.pdf", desk, (f"/personale/prismaerker/{each}/pdf" for each in labels)),
        ("kiosk.label_file", tablet, (f"/vaerksted/moebler/{n}/maerke/{each}.pdf" for n in things for each in labels)),
        ("packing.packing_paper", desk, ["/personale/ordrer/pakkeliste.pdf"]),
        ("packing.delivery_paper", desk, ["/personale/ordrer/levering.pdf"]),
        ("feeds.products", customer, ["/varer.xml"]),
        ("logbook.export", auditor, ["/personale/log/udtraek.csv"]),
        ("seen.on_paper", contact, (f"/personale/borgere/{each}/set.pdf" for each in people)),
        ("mine.card_paper", phone, ["/vaerksted/mit-kort.pdf"]),
        ("mine.copy_paper", phone, ["/vaerksted/alt-om-mig.pdf"]),
        ("citizen_cards.card_paper", contact, (f"/personale/borgere/{each}/kompetencekort.pdf" for each in people)),
        ("copies.copy_paper", contact, (f"/personale/borgere/{each}/kopi.pdf" for each in people)),
        ("orders.calendar_entry", customer, (f"/ordre/{each}/tid.ics" for each in orders)),
        ("agreement_calendar.download", customer, (f"/aftale/{each}/kalender.ics" for each in agreements)),
        (
            "agreement_calendar.feed",
            customer,
            (f"/aftale/{a}/kalender/{t}.ics" for a, t in zip(agreements, feeds, strict=True)),
        ),
    ]
    found = []
    for endpoint, client, addresses in tried:
        there = next((each for each in addresses if client.get(each).status_code == 200), None)
        if there is not None:
            found.append(Paper(endpoint, client, there))
    return found


def _contact_of_everybody(app: Flask) -> FlaskClient:
    """Somebody who is the contact person of every citizen, as far as the table knows."""
    email = actors.hired("kontakt", [Role.CONSULTANT])
    with db.transaction() as session:
        who = sa.select(Staff.account_id).where(Staff.email == email).scalar_subquery()
        session.execute(sa.update(ContactPerson).values(staff_id=who))
    return actors.at_desk(app, email)


def wrong_with(paper: Paper, word: str, before: bytes) -> list[str]:
    """What is wrong with a file that carries the text with this word; `before` is the same file without it."""
    answer = paper.client.get(paper.address)
    if answer.status_code != 200:
        return [f"status {answer.status_code}"]
    disposition = answer.headers.get("Content-Disposition", "")
    wrong = [] if FILE_NAME.fullmatch(disposition or "inline") else [f"file name {disposition!r}"]
    kind = answer.mimetype
    if kind == "application/pdf":
        wrong += of_pdf(answer.data, word, before)
    elif kind == "text/csv":
        wrong += of_csv(answer.data, word)
    elif kind.endswith("spreadsheetml.sheet"):
        wrong += of_sheet(answer.data, word)
    elif kind == "text/calendar":
        wrong += of_calendar(answer.text, word, before.decode())
    return wrong


def of_pdf(body: bytes, word: str, before: bytes) -> list[str]:
    """A PDF may do nothing it did not do before, hold no file of the machine, and must show the text."""
    document = pypdfium2.PdfDocument(body)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    wrong = [] if injection.actions_in(body) == injection.actions_in(before) else ["does something"]
    if injection.SECRET in text:
        wrong.append("shows a file of the machine")
    # A letter and the accents over it may be read as one; taken apart again, the word is there or it is not.
    if word not in re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFD", text)):
        wrong.append("the text does not stand there")
    return wrong


def of_csv(body: bytes, word: str) -> list[str]:
    """No cell begins a formula, and the text is there."""
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    wrong = [f"cell {cell!r}" for cell in cells if cell.startswith(FORMULA_SIGNS) and not NUMBER.fullmatch(cell)]
    if len({len(row) for row in rows}) > 1:
        wrong.append("rows of different length")
    return wrong if any(word in cell for cell in cells) else [*wrong, "the text does not stand there"]


def of_sheet(body: bytes, word: str) -> list[str]:
    """No cell is a formula, and the text is there."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    book.close()
    wrong = [f"cell {cell.coordinate}" for cell in cells if cell.data_type == "f" or cell.hyperlink]
    return wrong if any(word in str(cell.value) for cell in cells) else [*wrong, "the text does not stand there"]


def of_calendar(text: str, word: str, before: str) -> list[str]:
    """The same parts as before: no alarm, event or line of its own came in with the text."""

    def parts(of: str) -> list[str]:
        unfolded = re.sub(r"\r\n[ \t]", "", of)
        return [re.split("[:;]", line)[0] for line in unfolded.split("\r\n")]

    wrong = [] if parts(text) == parts(before) else ["lines of its own"]
    return wrong if "\n" not in text.replace("\r\n", "") else [*wrong, "a broken line", word]


def wrong_with_mail(body: bytes, word: str) -> list[str]:
    """A mail has the headers we write and no other, to one person, and says what it is about."""
    message = message_from_bytes(body, policy=policy.default)
    wrong = [f"header {name!r}" for name in message if name not in HEADERS]
    if len(message["To"].addresses) != 1 or len(set(message.keys())) != len(message.keys()):
        wrong.append("somebody else gets it too")
    return wrong if word in unicodedata.normalize("NFC", message["Subject"]) else [*wrong, "not in the subject"]
