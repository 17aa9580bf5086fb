import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
import zxingcpp
from support import factories

from tests.workshop.labels.listening import listening, on_paper, pictures_in, wait_for
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.labels import actions, queries
from workshop.labels.models import PrintJob, PrintSend, PrintWay
from workshop.labels.printers import actions as printers
from workshop.labels.printers import queries as reads
from workshop.labels.printers import sending
from workshop.products.models import Item

NOBODY = "127.0.0.1:9"  # nothing listens there


def job_for(address, now, *, pieces=1, way=PrintWay.ZPL, model="", title="^XA^FDx^FS~JA"):
    """A job of labels for a printer at this address; its id."""
    with db.transaction() as session:
        factories.label_sheet(session, key="roll_62x29")
        printer = printers.add_printer(session, name="Zebra", way=way, address=address, model=model)
        items = [factories.item(session, title=title) for _ in range(pieces)]
        job = actions.make_job(
            session, item_ids=[item.id for item in items], sheet_key="roll_62x29", start_cell=1, now=now,
            by_staff_id=None, printer_id=printer.id,
        )  # fmt: skip
        return job.id


def move_printer(address):
    with db.transaction() as session:
        printer = reads.printer_named(session, "zebra")
        printer.address = address


def row(job_id):
    with db.reading() as session:
        return session.get_one(PrintSend, job_id)


def said(job_id):
    with db.reading() as session:
        return reads.send_state(session, session.get_one(PrintJob, job_id)).text


def read_codes(stream):
    return [
        code.text
        for picture in pictures_in(stream)
        for code in zxingcpp.read_barcodes(on_paper(picture), formats=zxingcpp.BarcodeFormat.QRCode)
    ]


def addresses():
    with db.reading() as session:
        return [
            f"{factories.BASE_URL}/q/{token}".upper()
            for token in session.scalars(sa.select(Item.qr_token).order_by(Item.number))
        ]


def test_a_job_reaches_the_printer_once_and_opens_its_items(app, settings, now):
    with listening() as printer:
        job_id = job_for(printer.address, now, pieces=3)
        assert sending.send_due(now) == 1
        assert sending.send_due(now + timedelta(days=1)) == 0
        wait_for(lambda: printer.received)
    (stream,) = printer.received
    assert read_codes(stream) == addresses()
    assert (row(job_id).sent_at, row(job_id).due_at, row(job_id).tries) == (now, None, 1)
    assert said(job_id) == "Sendt til Zebra."


def test_a_printer_that_is_off_is_tried_with_growing_waits_and_then_a_person_is_asked(app, settings, now):
    job_id = job_for(NOBODY, now)
    moment, waits = now, []
    while row(job_id).due_at is not None:
        assert sending.send_due(moment) == 0
        assert sending.send_due(moment) == 0, "not before its time"
        due = row(job_id).due_at
        if due is not None:
            waits.append(due - moment)
            assert said(job_id) == "Zebra svarer ikke endnu. Vi prøver igen om lidt."
            moment = due
    assert waits == list(sending.RETRY)
    assert waits == sorted(waits)
    assert row(job_id).tries == 5
    assert said(job_id) == "Printeren svarer ikke. Tænd den, og tryk Send igen."
    assert sending.send_due(moment + timedelta(days=3)) == 0

    with listening() as printer:
        move_printer(printer.address)
        with db.transaction() as session:
            assert sending.send_again(session, session.get_one(PrintJob, job_id), seen_tries=5, now=moment)
        assert sending.send_due(moment) == 1
        with db.transaction() as session:  # the same button of the same old page
            assert not sending.send_again(session, session.get_one(PrintJob, job_id), seen_tries=5, now=moment)
        assert sending.send_due(moment + timedelta(hours=1)) == 0
        wait_for(lambda: printer.received)
    assert len(printer.received) == 1


def test_a_new_round_has_all_its_tries(app, settings, now):
    job_id = job_for(NOBODY, now)
    sending.send_due(now)
    with db.transaction() as session:
        assert sending.send_again(session, session.get_one(PrintJob, job_id), seen_tries=1, now=now)
    tries, moment = 0, now
    while (due := row(job_id).due_at) is not None:
        tries, moment = tries + 1, due
        sending.send_due(moment)
    assert tries == 5


def test_a_printer_that_comes_back_gets_the_job_from_the_sweep(app, settings, now):
    job_id = job_for(NOBODY, now)
    sending.send_due(now)
    with listening() as printer:
        move_printer(printer.address)
        sweep = next(each for each in app.extensions["sweeps"] if each.name == "labels")
        assert sweep.run(now + timedelta(minutes=1)) == 1
        wait_for(lambda: printer.received)
    assert row(job_id).tries == 2


def test_a_slow_printer_gets_everything(app, settings, now):
    with listening(pause=0.01) as printer:
        job_for(printer.address, now, pieces=8)
        assert sending.send_due(now) == 1
        wait_for(lambda: printer.received, 10)
    assert len(pictures_in(printer.received[0])) == 8


def test_a_printer_that_breaks_off_is_not_sent_the_first_labels_again_by_itself(app, settings, now):
    with listening(breaks_after=40_000) as printer:
        job_id = job_for(printer.address, now, pieces=60)
        assert sending.send_due(now) == 0
        assert sending.send_due(now + timedelta(days=1)) == 0
    assert row(job_id).trouble == sending.BROKE_OFF
    assert row(job_id).due_at is None
    assert "røg undervejs" in said(job_id)


def test_killed_while_sending_a_job_is_sent_once_more_and_never_a_third_time(app, settings, now):
    with listening() as printer:
        job_id = job_for(printer.address, now)
        moment = now
        for expected in (sending.SENDING, sending.SENDING_AGAIN):
            assert sending._claim(moment, None) == job_id  # and then the process is gone
            assert row(job_id).trouble == expected
            assert sending.send_due(moment + timedelta(minutes=9)) == 0, "somebody may still be at it"
            moment += sending.CLAIM
        assert sending.send_due(moment) == 0
        assert printer.received == []
    assert (row(job_id).due_at, row(job_id).trouble) == (None, sending.BROKE_OFF)


def test_killed_once_it_is_found_again(app, settings, now):
    with listening() as printer:
        job_id = job_for(printer.address, now)
        assert sending._claim(now, None) == job_id
        assert sending.send_due(now + sending.CLAIM) == 1
        wait_for(lambda: printer.received)


def test_two_workers_send_one_copy(app, settings, now):
    with listening(pause=0.02) as printer:
        job_for(printer.address, now, pieces=3)
        done = []
        workers = [threading.Thread(target=lambda: done.append(sending.send_due(now))) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        wait_for(lambda: printer.received)
        assert sorted(done) == [0, 0, 1]
    assert len(printer.received) == 1


def test_nothing_is_sent_from_inside_a_block(app, settings, now):
    job_id = job_for(NOBODY, now)
    with db.transaction(), pytest.raises(RuntimeError, match="after the commit"):
        sending.nudge(job_id, now)


def test_a_name_that_leads_out_of_the_house_is_not_followed(app, settings, now, monkeypatch):
    # The standard library's answer is replaced, not ours: a test must not ask the world's name servers.
    answers = [(2, 1, 6, "", ("93.184.216.34", 9100))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_where, **_how: answers)
    job_id = job_for("printer.example:9100", now)
    assert sending.send_due(now) == 0
    assert row(job_id).trouble == sending.TOO_FAR
    assert "uden for huset" in said(job_id)


def test_a_brother_raster_arrives(app, settings, now):
    pytest.importorskip("brother_ql")
    with listening() as printer:
        job_for(printer.address, now, pieces=2, way=PrintWay.BROTHER, model="QL-820NWB")
        assert sending.send_due(now) == 1
        wait_for(lambda: printer.received)
    (stream,) = printer.received
    assert stream.count(b"\x1b\x40") == 2
    assert stream.count(b"\x67\x00\x5a") >= 2 * 271


def test_a_job_that_is_not_sent_cannot_be_sent_again_nor_one_under_way(session, now):
    factories.label_sheet(session)
    factories.label_sheet(session, key="roll_62x29")
    item = factories.item(session)
    where = {"start_cell": 1, "now": now, "by_staff_id": None}
    paper = actions.make_job(session, item_ids=[item.id], sheet_key="a4_3x7", **where)
    with pytest.raises(NotHere):
        sending.send_again(session, paper, seen_tries=0, now=now)
    zebra = printers.add_printer(session, name="Zebra", way=PrintWay.ZPL, address=NOBODY)
    job = actions.make_job(session, item_ids=[item.id], sheet_key="roll_62x29", printer_id=zebra.id, **where)
    kept = session.get_one(PrintSend, job.id)
    kept.trouble, kept.due_at = sending.SENDING, now + sending.CLAIM
    with pytest.raises(Refusal, match="sendt lige nu"):
        sending.send_again(session, job, seen_tries=0, now=now)


def test_staff_send_labels_from_the_queue_and_again_when_the_printer_is_on(client):
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
        factories.label_sheet(session, key="roll_62x29")
        zebra = printers.add_printer(session, name="Zebra", way=PrintWay.ZPL, address=NOBODY).public_id
        number = factories.item(session, now=clock.now()).number
    client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    where = {"sheet": "roll_62x29", "drawn_sheet": "roll_62x29", "printer": zebra, "drawn_printer": zebra}
    job = client.post("/personale/prismaerker", data={"items": [number], "start_cell": "1", **where}).location
    page = client.get(job).text
    assert "Zebra svarer ikke endnu" in page
    tries = page.split('name="tries" value="')[1].split('"')[0]
    with listening() as printer:
        move_printer(printer.address)
        assert client.post(f"{job}/send", data={"tries": tries}).status_code == 303
        assert "Sendt til Zebra." in client.get(job).text
        sample = client.post(f"/personale/prismaerker/printere/{zebra}/proeve", data={"ark": "roll_62x29"})
        assert sample.status_code == 303
        wait_for(lambda: len(printer.received) == 2)
    assert len(read_codes(printer.received[0])) == 1
    assert len(pictures_in(printer.received[1])) == 1
    assert client.post(f"{job}/send", data={"tries": "x"}).status_code == 303
    with db.reading() as session:
        assert queries.job(session, job.rsplit("/", 1)[1]).printer_id is not None
