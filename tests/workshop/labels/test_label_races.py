"""Two presses of one button, and two sheets confirmed at once."""

import threading

import sqlalchemy as sa
from support import factories

from workshop.core import crypto, db
from workshop.labels import actions, queries
from workshop.labels.models import JobState, LabelDesign, PrinterTray, PrintJob, PrintWay
from workshop.labels.printers import actions as printers


def at_once(count, do):
    """Run it so many times at the same moment; what came out, and whatever went wrong."""
    together, done, wrong = threading.Barrier(count), [], []

    def one(nth):
        together.wait()
        try:
            with db.transaction() as session:
                done.append(do(session, nth))
        except sa.exc.SQLAlchemyError as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=one, args=(nth,)) for nth in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, wrong


def test_many_presses_at_once_make_one_job(app, now):
    with db.transaction() as session:
        factories.label_sheet(session)
        item_id = factories.item(session).id
    key = crypto.new_public_id()

    def press(session, _nth):
        job = actions.make_job(
            session, item_ids=[item_id], sheet_key="a4_3x7", start_cell=1, now=now, by_staff_id=None, key=key
        )
        return job.id

    done, wrong = at_once(4, press)
    assert wrong == []
    assert len(set(done)) == 1
    assert len(done) == 4
    with db.reading() as session:
        assert session.query(PrintJob).count() == 1


def test_without_a_key_every_press_makes_a_job(app, now):
    with db.transaction() as session:
        factories.label_sheet(session)
        item_id = factories.item(session).id
    where = {"sheet_key": "a4_3x7", "start_cell": 1, "now": now, "by_staff_id": None}
    done, wrong = at_once(3, lambda session, _nth: actions.make_job(session, item_ids=[item_id], **where).id)
    assert (wrong, len(set(done))) == ([], 3)


def test_jobs_confirmed_at_once_leave_one_tray(app, now):
    with db.transaction() as session:
        factories.label_sheet(session)
        printer = printers.add_printer(session, name="Kontoret", way=PrintWay.BROWSER)
        item = factories.item(session)
        jobs = [
            actions.make_job(
                session, item_ids=[item.id], sheet_key="a4_3x7", start_cell=cell, now=now, by_staff_id=None,
                printer_id=printer.id,
            ).id
            for cell in (3, 5, 7)
        ]  # fmt: skip
    done, wrong = at_once(
        3, lambda session, nth: actions.mark_printed(session, session.get_one(PrintJob, jobs[nth]), now=now)
    )
    assert (wrong, done) == ([], [True, True, True])
    with db.reading() as session:
        assert session.query(PrinterTray).one().next_cell in {4, 6, 8}
        assert set(session.scalars(sa.select(PrintJob.state))) == {JobState.PRINTED}


def test_a_job_keeps_the_design_it_was_made_with(session, now):
    factories.label_sheet(session)
    blocks = [{"field": name, "size": "normal"} for name in ("number", "name", "price")]
    design = LabelDesign(name="Stor pris", label_w=6350, label_h=3810, blocks=blocks, qr_dark=1530, qr_side="end")
    session.add(design)
    session.flush()
    item = factories.item(session)
    where = {"sheet_key": "a4_3x7", "start_cell": 1, "now": now, "by_staff_id": None}
    job = actions.make_job(session, item_ids=[item.id], design_id=design.id, **where)
    design.name, design.blocks = "En anden", [{**each, "size": "large"} for each in blocks]
    session.flush()
    session.refresh(job)
    assert job.design["name"] == "Stor pris"
    assert job.design["blocks"] == blocks
    again = actions.reprint(session, job, start_cell=2, now=now, by_staff_id=None)
    assert again.design["name"] == "En anden"
    assert queries.job(session, job.public_id).design_id == design.id
