from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories

from workshop.core.errors import NotHere, Refusal
from workshop.labels import actions, queries
from workshop.labels.models import JobState, PrintJobItem
from workshop.products import actions as products


@pytest.fixture
def sheet(session):
    return factories.label_sheet(session)


def make_job(session, *items, now, **changes):
    values = {"item_ids": [item.id for item in items], "sheet_key": "a4_3x7", "start_cell": 1, "by_staff_id": None}
    return actions.make_job(session, now=now, **{**values, **changes})


def print_job(session, *items, now, **changes):
    job = make_job(session, *items, now=now, **changes)
    assert actions.mark_printed(session, job, now=now)
    return job


def numbers(session):
    return [row.number for row in queries.queue(session)]


def test_a_priced_item_waits_for_its_label_before_and_after_approval(session, sheet):
    made = factories.item(session, is_for_sale=False)
    for_sale = factories.item(session)
    assert numbers(session) == [made.number, for_sale.number]
    assert queries.queue_length(session) == 2
    assert {row.shown_ore for row in queries.queue(session)} == {None}


def test_what_has_no_price_or_has_left_the_shop_needs_no_label(session, sheet, now):
    factories.item(session, price_ore=None, is_for_sale=False)
    products.withdraw(session, factories.item(session), now=now, by_staff_id=None)
    sold = factories.item(session)
    assert products.hold(session, sold.id, 1)
    products.sell_held(session, sold.id, 1, reference="", now=now)
    assert numbers(session) == []


def test_an_item_leaves_the_queue_when_printing_is_confirmed_and_not_before(session, sheet, now):
    item, other = factories.item(session), factories.item(session)
    job = make_job(session, item, now=now)
    assert numbers(session) == [item.number, other.number]
    assert actions.mark_printed(session, job, now=now)
    assert numbers(session) == [other.number]


def test_confirming_twice_changes_nothing(session, sheet, now):
    job = make_job(session, factories.item(session), now=now)
    assert actions.mark_printed(session, job, now=now)
    assert not actions.mark_printed(session, job, now=now + timedelta(hours=1))
    session.refresh(job)
    assert (job.state, job.printed_at) == (JobState.PRINTED, now)


def test_a_new_price_puts_the_item_back_with_the_price_its_label_shows(session, sheet, now):
    item = factories.item(session, price_ore=115_000)
    print_job(session, item, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    assert [(row.price_ore, row.shown_ore) for row in queries.queue(session)] == [(99_500, 115_000)]


def test_a_price_that_goes_down_and_up_again_needs_a_new_label_each_time(session, sheet, now):
    item = factories.item(session, price_ore=115_000)
    print_job(session, item, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    print_job(session, item, now=now + timedelta(hours=1))
    assert numbers(session) == []
    products.set_price(session, item, 115_000, now=now, by_staff_id=None)
    assert numbers(session) == [item.number], "the paper on the bench says 995 kr."


def test_saving_the_same_price_needs_no_new_label(session, sheet, now):
    item = factories.item(session, price_ore=115_000)
    print_job(session, item, now=now)
    products.set_price(session, item, 115_000, now=now, by_staff_id=None)
    assert numbers(session) == []


def test_a_label_confirmed_after_the_price_changed_leaves_the_item_in_the_queue(session, sheet, now):
    item = factories.item(session, price_ore=115_000)
    job = make_job(session, item, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    actions.mark_printed(session, job, now=now)
    assert numbers(session) == [item.number]
    assert [line.is_outdated for line in queries.job_lines(session, job)] == [True]


def test_wrong_prices_come_before_missing_labels(session, sheet, now):
    first, second = factories.item(session), factories.item(session)
    print_job(session, second, now=now)
    products.set_price(session, second, 99_500, now=now, by_staff_id=None)
    assert numbers(session) == [second.number, first.number]
    assert [row.number for row in queries.queue(session, limit=1)] == [second.number]


def test_the_next_free_cell_is_remembered_for_each_sheet(session, sheet, now):
    roll = factories.label_sheet(session, key="roll_62x29")
    assert queries.next_cell(session, sheet) == 1
    items = [factories.item(session) for _ in range(4)]
    job = make_job(session, *items, now=now, start_cell=3)
    assert queries.next_cell(session, sheet) == 1, "nothing has been printed yet"
    actions.mark_printed(session, job, now=now)
    assert queries.next_cell(session, sheet) == 7
    print_job(session, items[0], now=now, sheet_key="roll_62x29")
    assert (queries.next_cell(session, sheet), queries.next_cell(session, roll)) == (7, 1)
    print_job(session, *items[:2], now=now + timedelta(hours=1), start_cell=20)
    assert queries.next_cell(session, sheet) == 1, "that sheet is used up"


def test_a_job_holds_the_labels_in_the_order_given_and_one_item_can_have_several(session, sheet, now):
    first, second = factories.item(session), factories.item(session)
    job = make_job(session, second, first, second, now=now)
    lines = queries.job_lines(session, job)
    assert [line.number for line in lines] == [second.number, first.number, second.number]


def test_a_reprint_is_a_job_of_its_own_with_the_prices_of_now_and_without_what_is_gone(session, sheet, now):
    item, gone = factories.item(session), factories.item(session)
    job = print_job(session, item, gone, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    products.withdraw(session, gone, now=now, by_staff_id=None)
    new = actions.reprint(session, job, start_cell=3, now=now, by_staff_id=None)
    assert new.id != job.id
    assert new.state is JobState.MADE
    assert [(line.number, line.price_ore) for line in queries.job_lines(session, new)] == [(item.number, 99_500)]
    assert [line.price_ore for line in queries.job_lines(session, job)] == [115_000, 115_000]


def test_nothing_is_reprinted_when_everything_is_gone(session, sheet, now):
    gone = factories.item(session)
    job = print_job(session, gone, now=now)
    products.withdraw(session, gone, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="Ingen af møblerne"):
        actions.reprint(session, job, start_cell=1, now=now, by_staff_id=None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start_cell": 22}, "Vælg en plads fra 1 til 21 på arket."),
        ({"start_cell": 0}, "Vælg en plads fra 1 til 21 på arket."),
        ({"item_ids": []}, "Der er ingen mærker at printe."),
        ({"sheet_key": "ukendt"}, "Vælg et ark fra listen."),
    ],
)
def test_a_job_that_cannot_be_printed_is_refused_with_a_sentence(session, sheet, now, changes, sentence):
    with pytest.raises(Refusal) as refused:
        make_job(session, factories.item(session), now=now, **changes)
    assert refused.value.sentence == sentence
    assert session.scalar(sa.select(sa.func.count()).select_from(PrintJobItem)) == 0


def test_more_than_a_thousand_labels_are_refused(session, sheet, now):
    item = factories.item(session)
    with pytest.raises(Refusal, match=r"højst printes 1\.000"):
        make_job(session, now=now, item_ids=[item.id] * 1001)


def test_a_label_too_small_for_the_code_is_refused_before_anybody_waits_for_the_file(session, sheet, now):
    item = factories.item(session)
    sheet.label_h = 1500
    session.flush()
    with pytest.raises(Refusal, match="for lille til QR-koden"):
        make_job(session, item, now=now)


def test_what_has_no_price_or_is_gone_cannot_be_labelled(session, sheet, now):
    unpriced = factories.item(session, price_ore=None, is_for_sale=False)
    with pytest.raises(Refusal, match=f"Nr. {unpriced.number} har ingen pris"):
        make_job(session, unpriced, now=now)
    gone = factories.item(session)
    products.withdraw(session, gone, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match=f"Nr. {gone.number} er ikke til salg mere"):
        make_job(session, gone, now=now)
    with pytest.raises(NotHere):
        make_job(session, now=now, item_ids=[gone.id + 1000])
