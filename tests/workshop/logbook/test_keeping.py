"""What the clock does with the log: emptied in time, its end written down, and the commands for both."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from support import factories, people

from shop import log_commands
from workshop.core import audit, chain, clock, db
from workshop.core.audit import AccessLog
from workshop.logbook import actions, keeping

WRITTEN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LAST_DAY = datetime(2028, 11, 23, 22, 59, tzinfo=UTC)  # 23.59 on the Danish clock, the day before
DUE = datetime(2028, 11, 23, 23, 0, tzinfo=UTC)


@pytest.fixture
def actor(app):
    with db.transaction() as session:
        return people.actor_of(session, factories.staff(session), now=WRITTEN)


def rows():
    with db.reading() as session:
        return session.scalars(sa.select(AccessLog).order_by(AccessLog.position)).all()


def faults(now, anchors=()):
    with db.snapshot() as session:
        return [(fault.kind, fault.place) for fault in audit.verify(session, anchors, now=now)]


def test_a_row_is_emptied_on_its_deletion_day_and_not_the_day_before(actor):
    audit.record(actor, "read", ["person"], WRITTEN, reason="Vikar")
    assert keeping.empty_all(LAST_DAY) == 0
    assert rows()[0].reason == "Vikar"
    assert keeping.empty_all(DUE) == 1
    (row,) = rows()
    assert (row.people, row.reason, row.salt, row.endpoint, row.account_id) == ([], "", "", "", None)
    assert (row.position, row.deed, row.at, row.emptied_at) == (1, "read", WRITTEN, DUE)
    assert keeping.empty_all(DUE) == 0


def test_an_emptied_log_is_still_whole_and_the_next_row_goes_on_from_it(actor):
    for number in range(5):
        audit.record(actor, "read", [f"person-{number}"], WRITTEN + timedelta(days=number))
    keeping.empty_all(DUE + timedelta(days=2))
    audit.record(actor, "read", ["new"], DUE + timedelta(days=2))
    assert [row.emptied_at is None for row in rows()] == [False, False, False, True, True, True]
    assert faults(DUE + timedelta(days=2)) == []


def test_an_emptied_row_is_a_fault_while_it_should_still_speak(actor):
    audit.record(actor, "read", ["person"], WRITTEN)
    audit.record(actor, "read", ["person"], WRITTEN)
    keeping.empty_all(DUE)
    assert faults(LAST_DAY) == [("emptied early", 1), ("emptied early", 2)]
    assert faults(DUE) == []


def test_an_emptied_row_that_says_something_is_a_fault(actor):
    audit.record(actor, "read", ["person"], WRITTEN)
    keeping.empty_all(DUE)
    with db.transaction() as session:
        session.execute(sa.update(AccessLog).values(reason="Andet"))
    assert faults(DUE) == [("half emptied", 1)]


def test_a_row_from_before_the_chain_is_emptied_in_its_time_too(actor):
    audit.record(actor, "read", ["person"], WRITTEN)
    with db.transaction() as session:
        session.execute(sa.update(AccessLog).values(delete_on=None))
    assert keeping.empty_all(LAST_DAY) == 0
    assert keeping.empty_all(DUE) == 1


def test_what_nobody_may_do_without_a_name_is_refused_by_the_database(actor):
    audit.record(actor, "read", ["person"], WRITTEN)
    with pytest.raises(sa.exc.IntegrityError), db.transaction() as session:
        session.execute(sa.update(AccessLog).values(account_id=None))


def test_many_rows_are_emptied_some_at_a_time(actor, monkeypatch):
    monkeypatch.setattr(actions, "AT_A_TIME", 2)
    monkeypatch.setattr(actions.empty_due, "__kwdefaults__", {"most": 2})
    for number in range(5):
        audit.record(actor, "read", [f"person-{number}"], WRITTEN)
    assert keeping.empty_all(DUE) == 5


def test_the_sweep_empties_once_a_day_where_the_program_may(actor):
    audit.record(actor, "read", ["person"], WRITTEN)
    sweep = keeping.emptying_sweep()
    assert sweep(LAST_DAY) == 0
    assert sweep(DUE) == (1 if db.database().is_sqlite else 0)
    assert sweep(DUE) == 0


# Rows of an older version


def test_rows_of_an_older_version_get_their_places_and_the_log_is_whole(actor):
    audit.record(actor, "read", ["a"], WRITTEN)
    with db.transaction() as session:
        for person in ("b", "c"):
            session.add(AccessLog(at=WRITTEN, account_id=actor.account_id, deed="read", people=[person]))
    assert [kind for kind, _place in faults(WRITTEN)] == ["unplaced", "unplaced"]
    with db.transaction() as session:
        assert actions.place_unplaced(session) == 2
    assert [row.people for row in rows()] == [["a"], ["b"], ["c"]]
    assert faults(WRITTEN) == []


# The end, written down elsewhere


def test_the_end_is_written_down_once_an_hour(actor, settings):
    sweep = keeping.anchor_sweep(settings)
    assert sweep(WRITTEN - timedelta(minutes=60)) == 1  # the end of the empty log
    assert sweep(WRITTEN) == 0  # still empty
    audit.record(actor, "read", ["a"], WRITTEN)
    assert sweep(WRITTEN) == 1
    assert sweep(WRITTEN + timedelta(minutes=59)) == 0
    assert sweep(WRITTEN + timedelta(minutes=60)) == 1
    written, bad = chain.read_anchors(settings.anchor_file)
    first, *others = [(each.position, each.chain_hash) for each in written]
    assert first == (0, chain.NOTHING_BEFORE)
    assert others == [(1, rows()[0].chain_hash)] * 2
    assert bad == []
    assert faults(WRITTEN, written) == []


def test_a_rewritten_row_is_not_the_one_that_was_written_down(actor, settings):
    audit.record(actor, "read", ["a"], WRITTEN)
    keeping.anchor(settings.anchor_file, WRITTEN)
    with db.transaction() as session:
        session.execute(sa.update(AccessLog).values(chain_hash="f" * 64))
    written, _bad = chain.read_anchors(settings.anchor_file)
    assert ("anchor", 1) in faults(WRITTEN, written)


def test_the_very_first_row_cannot_be_emptied_early_once_the_empty_log_was_written_down(actor, settings):
    keeping.anchor(settings.anchor_file, WRITTEN)
    audit.record(actor, "read", ["a"], WRITTEN)
    keeping.anchor(settings.anchor_file, WRITTEN)
    with db.transaction() as session:
        gone = {"people": [], "reason": "", "salt": "", "endpoint": "", "account_id": None}
        long_ago = WRITTEN - timedelta(days=1_000)
        session.execute(sa.update(AccessLog).values(emptied_at=WRITTEN, at=long_ago, **gone))
    written, _bad = chain.read_anchors(settings.anchor_file)
    assert faults(WRITTEN, written[1:]) == []  # as it was before the end of the empty log was written down
    assert ("wrong time", 1) in faults(WRITTEN, written)


# The commands


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(log_commands.log, arguments)


def test_a_whole_log_is_said_to_be_whole(actor, run, settings):
    audit.record(actor, "read", ["a"], clock.now())
    assert run("anchor").exit_code == 0
    done = run("verify")
    assert done.exit_code == 0, done.output
    assert "The log is whole: 1 rows, 1 ends written down elsewhere" in done.output


def test_a_fault_is_named_and_the_exit_is_one(actor, run):
    audit.record(actor, "read", ["a"], clock.now())
    with db.transaction() as session:
        session.execute(sa.update(AccessLog).values(reason="Andet"))
    done = run("verify")
    assert done.exit_code == 1
    assert "Række 1 siger noget andet" in done.output


def test_a_log_of_hours_with_no_end_written_down_is_a_fault(actor, run):
    audit.record(actor, "read", ["a"], clock.now() - timedelta(hours=3))
    done = run("verify")
    assert done.exit_code == 1
    assert "ikke skrevet ned uden for databasen" in done.output


def test_the_ends_of_another_machine_are_asked_too(actor, run, tmp_path):
    now = clock.now()
    audit.record(actor, "read", ["a"], now)
    elsewhere = tmp_path / "printed.jsonl"
    chain.write_anchor(elsewhere, chain.Anchor(now, 5, "a" * 64, 24))
    done = run("verify", "--anchors", str(elsewhere))
    assert done.exit_code == 1
    assert "Loggen ender ved række 1." in done.output


def test_the_printed_line_is_the_line_in_the_file(actor, run, settings):
    empty = run("anchor").output
    assert empty == settings.anchor_file.read_text()
    assert "still empty" in run("anchor").output
    audit.record(actor, "read", ["a"], clock.now())
    assert empty + run("anchor").output == settings.anchor_file.read_text()
