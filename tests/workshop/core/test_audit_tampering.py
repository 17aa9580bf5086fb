"""Whatever somebody does to the log in the database itself, the check says so."""

import pytest
import sqlalchemy as sa
from support import factories, log_trials, people

from workshop.core import audit, db
from workshop.core.audit import AccessLog

ROWS, WRITTEN_DOWN, TRIALS_IN_ALL = 30, 24, 50


@pytest.fixture
def log(app, now):
    """A log of some rows, and its end as it was written down on the way."""
    with db.transaction() as session:
        actor = people.actor_of(session, factories.staff(session))
    for number in range(ROWS):
        audit.record(actor, "read", [f"person-{number}"], now, reason="Grund" if number % 3 else "")
    with db.reading() as session:
        word = session.scalar(sa.select(AccessLog.chain_hash).where(AccessLog.position == WRITTEN_DOWN))
    return [log_trials.written_down(now, WRITTEN_DOWN, word)]


def found(trial, seed, anchors, now):
    return log_trials.tried(trial, seed, anchors, now, WRITTEN_DOWN)


def test_a_log_nobody_touched_has_no_faults(log, now):
    with db.snapshot() as session:
        assert audit.verify(session, log, now=now) == []


@pytest.mark.parametrize("trial", log_trials.TRIALS, ids=lambda trial: trial.__name__)
def test_every_way_of_tampering_is_found(log, now, trial):
    for seed in range(max(3, TRIALS_IN_ALL // len(log_trials.TRIALS))):
        faults = found(trial, seed, log, now)
        assert faults, (trial.__name__, seed)
        assert all(fault.sentence for fault in faults)
    with db.snapshot() as session:
        assert audit.verify(session, log, now=now) == []


@pytest.mark.parametrize(
    "trial", [log_trials.edit_and_hash_the_rest, log_trials.delete_and_close_up, log_trials.truncate]
)
def test_only_what_was_written_down_elsewhere_tells_of_a_log_made_to_fit(log, now, trial):
    """The control: without the anchor there is nothing to see."""
    assert found(trial, 7, (), now) == []
    assert found(trial, 7, log, now) != []


def test_each_fault_is_named_by_its_place(log, now):
    def third(session, _chance, _last):
        session.execute(sa.update(AccessLog).where(AccessLog.position == 3).values(reason="Andet"))

    (fault,) = found(third, 0, log, now)
    assert (fault.kind, fault.place) == ("changed", 3)
    assert fault.sentence == "Række 3 siger noget andet, end da den blev skrevet."
