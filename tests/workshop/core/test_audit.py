"""The audit door: what is logged, that nothing is shown or changed when it cannot be, and one chain for everybody."""

import json
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from support import factories, log_race, people
from support.queries import counted

from workshop.accounts.models import CitizenPin
from workshop.core import audit, chain, clock, db
from workshop.core.access import Role
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.core.chain import Anchor
from workshop.migrating import migrate

WRITERS, ROWS_EACH = 8, 50


@pytest.fixture
def actor(app, now):
    with db.transaction() as session:
        return people.actor_of(session, factories.staff(session))


def rows():
    with db.reading() as session:
        return session.scalars(sa.select(AccessLog).order_by(AccessLog.position)).all()


def faults(now, anchors=()):
    with db.snapshot() as session:
        return [(fault.kind, fault.place) for fault in audit.verify(session, anchors, now=now)]


# The chain


def test_a_row_is_hashed_with_the_one_before_it_as_written_down(actor, now):
    """Spelled out once more, so that the way it is hashed cannot change by mistake."""
    audit.record(actor, "read", ["person-æ"], now, reason="Fordi")
    audit.record(actor, "list", ["a", "b"], now + timedelta(microseconds=1))
    previous = "0" * 64
    for place, row in enumerate(rows(), start=1):
        said = [row.at.isoformat(), row.account_id, row.deed, row.people, row.reason, row.endpoint]
        payload = chain._hash(f"{row.salt}\n{json.dumps(said, ensure_ascii=False)}")
        previous = chain._hash(f"{place}\n{previous}\n{payload}")
        assert (row.position, row.payload_hash, row.chain_hash) == (place, payload, previous)
    assert faults(now) == []


def test_the_same_words_never_have_the_same_hash(actor, now):
    audit.record(actor, "read", ["person"], now)
    audit.record(actor, "read", ["person"], now)
    first, second = rows()
    assert first.salt != second.salt
    assert first.payload_hash != second.payload_hash


@pytest.mark.parametrize("micros", [0, 1, 120_000, 999_999])
def test_a_moment_hashes_the_same_when_it_comes_back_from_the_database(actor, micros, now):
    moment = now.replace(microsecond=micros).astimezone(clock.COPENHAGEN)
    audit.record(actor, "read", ["person"], moment, reason="Æøå 🙂 \u2028 \"'\\")
    assert faults(now) == []


def test_rows_of_a_block_are_written_at_its_end_in_their_order(actor, now):
    with db.transaction() as session:
        audit.record(actor, "assign", ["a"], now)
        audit.record(actor, "assign", ["b"], now)
        assert session.scalar(sa.select(sa.func.count(AccessLog.id))) == 0
    assert [(row.position, row.people) for row in rows()] == [(1, ["a"]), (2, ["b"])]
    assert faults(now) == []


def fail_after_logging(actor, now):
    with db.transaction():
        audit.record(actor, "assign", ["a"], now)
        raise ZeroDivisionError


def test_a_block_that_fails_leaves_no_row_and_the_chain_goes_on(actor, now):
    with pytest.raises(ZeroDivisionError):
        fail_after_logging(actor, now)
    audit.record(actor, "read", ["b"], now)
    assert [(row.position, row.people) for row in rows()] == [(1, ["b"])]


def test_a_row_costs_three_questions_and_more_rows_of_a_block_no_more(actor, now):
    with counted() as one:
        audit.record(actor, "read", ["a"], now)
    with counted() as many, db.transaction():
        for _each in range(5):
            audit.record(actor, "read", ["a"], now)
    assert len(one) == len(many)


def test_many_writers_make_one_chain(actor, now, database_url):
    outcomes = log_race.write_at_once(database_url, actor.account_id, ROWS_EACH, writers=WRITERS)
    assert set(outcomes) <= {"written", "OperationalError"}  # on a busy machine SQLite may ask somebody for patience
    assert outcomes.total() == WRITERS * ROWS_EACH
    assert outcomes["written"] == len(rows())
    assert faults(now) == []


def test_without_the_lock_rows_would_follow_the_same_one(actor, now, database_url):
    """The control: only the database's word against two rows in one place keeps this chain from forking."""
    outcomes = log_race.write_at_once(database_url, actor.account_id, 25, way="unguarded", writers=WRITERS)
    assert outcomes["IntegrityError"] > 0


def test_the_log_waits_for_nothing_that_waits_for_the_log(actor, now):
    """The chain's end is the last thing a block takes: whoever holds it is about to commit."""
    with db.transaction() as session:
        audit.record(actor, "assign", ["a"], now)
        held = session.info["at the end"]
        assert len(held) == 1
        assert session.scalar(sa.select(AccessLogHead.position)) == 0


# It fails closed


@contextmanager
def shorter_patience():
    """Whoever waits for a lock gives up at once."""
    engine = db.database().writer
    if db.database().is_sqlite:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db, "BUSY_TIMEOUT_MS", 50)
            yield
        return
    engine.dispose()
    sa.event.listen(engine, "begin", _hurry_postgres)
    try:
        yield
    finally:
        sa.event.remove(engine, "begin", _hurry_postgres)
        engine.dispose()


def _hurry_postgres(connection):
    connection.exec_driver_sql("SET LOCAL lock_timeout = 50")


BREAKINGS = {
    "the log is gone": "ALTER TABLE access_log RENAME TO lost",
    "its end is gone": "DELETE FROM access_log_head",
    "the table of its end is gone": "ALTER TABLE access_log_head RENAME TO lost",
    "its place is taken": "UPDATE access_log_head SET position = 0",
}


@pytest.mark.parametrize("breaking", BREAKINGS.values(), ids=BREAKINGS)
def test_what_cannot_be_logged_is_neither_shown_nor_changed(app, now, breaking):
    with db.transaction() as session:
        lone = factories.staff(session, name="Lone", roles=[Role.WORKSHOP, Role.CONSULTANT])
        mona = people.citizen(session, name="Mona", contact=lone, now=clock.now())
        account_id = mona.account_id
        email, page = lone.email, f"/personale/borgere/{mona.public_id}"
    desk = people.at_desk(app, email)
    assert desk.get("/personale/borgere").status_code == 200  # there is a first row, and all is well
    with db.transaction() as session:
        before = session.get_one(CitizenPin, account_id).pin_hash
        session.execute(sa.text(breaking))
    app.config["TESTING"] = False
    for answer in (desk.get("/personale/borgere"), desk.get(page), desk.post(f"{page}/kode/ny")):
        assert answer.status_code in {500, 503}
        assert "Mona" not in answer.text
        assert "pin" not in answer.text.casefold()
    with db.reading() as session:
        assert session.get_one(CitizenPin, account_id).pin_hash == before


def test_a_check_that_says_no_is_no_rule_of_the_page(actor, now):
    with db.transaction() as session:
        session.execute(sa.text("UPDATE access_log_head SET position = 0"))
    audit.record(actor, "read", ["a"], now)
    with db.transaction() as session:
        session.execute(sa.text("UPDATE access_log_head SET position = 0"))
    with pytest.raises(audit.NotLogged):
        audit.record(actor, "read", ["b"], now)


def test_a_locked_log_asks_for_patience_and_shows_nothing(app, actor):
    """Somebody holds the chain's end: whoever comes is told to try again, and the page is not shown."""
    with db.transaction() as session:
        lone = factories.staff(session, roles=[Role.WORKSHOP])
        people.citizen(session, name="Mona", contact=lone, now=clock.now())
        email = lone.email
    desk = people.at_desk(app, email)
    app.config["TESTING"] = False
    other = sa.create_engine(db.database().writer.url)
    with shorter_patience(), other.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE" if db.database().is_sqlite else "LOCK TABLE access_log_head")
        answer = desk.get("/personale/borgere")
        holder.rollback()
    other.dispose()
    assert answer.status_code == 503
    assert "Mona" not in answer.text
    assert desk.get("/personale/borgere").status_code == 200


# The check


def test_an_empty_log_is_whole(app, now):
    assert faults(now) == []


def test_a_log_is_gone_through_in_blocks_and_says_how_far_it_is(actor, now, monkeypatch):
    monkeypatch.setattr(audit, "BLOCK", 3)
    for _each in range(7):
        audit.record(actor, "read", ["a"], now)
    said = []
    with db.snapshot() as session:
        assert audit.verify(session, now=now, say=said.append) == []
    assert said == [3, 6, 7]


def test_rows_without_a_place_are_named(actor, now):
    audit.record(actor, "read", ["a"], now)
    with db.transaction() as session:
        row = AccessLog(at=now, account_id=actor.account_id, deed="read", people=["b"], reason="", endpoint="")
        session.add(row)
        session.flush()
        row_id = row.id
    assert faults(now) == [("unplaced", row_id)]


def test_rows_from_before_the_chain_are_accepted(app, actor, now):
    """The migration chained what stood in the log; the check reads it like any other row."""
    with db.transaction() as session:
        session.execute(sa.delete(AccessLog))
    migrate(db.database(), "0005_garden_service")
    old = sa.text(
        "INSERT INTO access_log (at, account_id, deed, people, reason, endpoint)"
        " VALUES (:at, :who, 'read', :people, 'Æ', '')"
    ).bindparams(sa.bindparam("at", type_=sa.DateTime), sa.bindparam("people", type_=sa.JSON))
    with db.database().writer.begin() as connection:
        for number in range(3):
            at = (now + timedelta(microseconds=number)).replace(tzinfo=None)
            connection.execute(old, {"at": at, "who": actor.account_id, "people": [f"person-{number}"]})
    migrate(db.database())
    assert faults(now) == []
    audit.record(actor, "read", ["d"], now)
    assert [row.position for row in rows()] == [1, 2, 3, 4]
    assert faults(now) == []


def test_a_log_whose_end_was_not_written_down_for_hours_says_so(actor, now):
    for hours in (5, 4, 1):
        audit.record(actor, "read", ["a"], now - timedelta(hours=hours))
    first = Anchor(now - timedelta(hours=5), 1, rows()[0].chain_hash, 24)
    assert faults(now, [first]) == [("no anchor", 2)]
    second = Anchor(now - timedelta(hours=3), 2, rows()[1].chain_hash, 24)
    assert faults(now, [first, second]) == []


# Lines outside the database


@pytest.mark.once
def test_lines_are_read_back_as_they_were_written(tmp_path, now):
    path = tmp_path / "deep" / "anchors.jsonl"
    written = [Anchor(now + timedelta(hours=hour), hour + 1, f"{hour:064x}", 24) for hour in range(50)]
    for anchor in written:
        chain.write_anchor(path, anchor)
    assert chain.read_anchors(path) == (written, [])
    assert chain.newest_anchor(path) == written[-1]
    assert chain.newest_anchor(tmp_path / "none") is None
    assert chain.read_anchors(tmp_path / "none") == ([], [])


@pytest.mark.once
def test_a_torn_line_is_named_and_swallows_no_other(tmp_path, now):
    path = tmp_path / "anchors.jsonl"
    path.write_text('{"time": "2026-')
    chain.write_anchor(path, Anchor(now, 7, "a" * 64, 24))
    found, bad = chain.read_anchors(path)
    assert [each.position for each in found] == [7]
    assert [(each.kind, each.place) for each in bad] == [("unreadable", 1)]


@pytest.mark.once
@pytest.mark.parametrize("line", ["", "[]", "null", "{}", '{"time": 3}', '{"time": "x", "position": Infinity}', "\x00"])
def test_a_line_that_says_nothing_is_unreadable(line):
    found, bad = chain.anchors_of([line])
    assert (found, len(bad)) == ([], 1)


@pytest.mark.once
def test_what_a_copy_put_back_has_lost_no_longer_counts(now):
    lines = [Anchor(now, place, "a" * 64, 24) for place in (10, 20, 30)]
    lines.append(Anchor(now, 15, "b" * 64, 24, is_restored=True))
    lines.append(Anchor(now, 18, "c" * 64, 24))
    found, _bad = chain.anchors_of(each.line for each in lines)
    assert [each.position for each in found] == [10, 15, 18]


@pytest.mark.once
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 24), 24, date(2028, 11, 24)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_on_end_with_the_month(day, months, expected):
    assert chain.months_on(day, months) == expected


@pytest.mark.once
def test_the_log_is_kept_at_least_half_a_year():
    kept = audit.kept_months()
    try:
        audit.keep_for(1)
        assert audit.kept_months() == audit.SHORTEST_KEPT_MONTHS
    finally:
        audit.keep_for(kept)
