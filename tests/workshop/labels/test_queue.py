from datetime import timedelta

import pytest
import sqlalchemy as sa
from support import factories

from workshop.core import crypto
from workshop.core.errors import NotHere, Refusal
from workshop.labels import actions, queries, waiting
from workshop.labels.models import JobState, PrintJobItem
from workshop.products import actions as products
from workshop.products.codes import actions as codes
from workshop.products.models import Item
from workshop.products.pricing import shown_before


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


def numbers(session, now=factories.NOW):
    return [row.number for row in waiting.queue(session, now)]


def test_a_priced_item_waits_for_its_label_before_and_after_approval(session, sheet):
    made = factories.item(session, is_for_sale=False)
    for_sale = factories.item(session)
    assert numbers(session) == [made.number, for_sale.number]
    assert waiting.queue_length(session, factories.NOW) == 2
    assert {row.shown_ore for row in waiting.queue(session, factories.NOW)} == {None}


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
    assert [(row.price_ore, row.shown_ore) for row in waiting.queue(session, factories.NOW)] == [(99_500, 115_000)]


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
    assert [line.is_outdated for line in queries.job_lines(session, job, factories.NOW)] == [True]


def test_wrong_prices_come_before_missing_labels(session, sheet, now):
    first, second = factories.item(session), factories.item(session)
    print_job(session, second, now=now)
    products.set_price(session, second, 99_500, now=now, by_staff_id=None)
    assert numbers(session) == [second.number, first.number]
    assert [row.number for row in waiting.queue(session, factories.NOW, limit=1)] == [second.number]


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
    lines = queries.job_lines(session, job, factories.NOW)
    assert [line.number for line in lines] == [second.number, first.number, second.number]


def test_a_reprint_is_a_job_of_its_own_with_the_prices_of_now_and_without_what_is_gone(session, sheet, now):
    item, gone = factories.item(session), factories.item(session)
    job = print_job(session, item, gone, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    products.withdraw(session, gone, now=now, by_staff_id=None)
    new = actions.reprint(session, job, start_cell=3, now=now, by_staff_id=None)
    assert new.id != job.id
    assert new.state is JobState.MADE
    assert [(line.number, line.price_ore) for line in queries.job_lines(session, new, factories.NOW)] == [
        (item.number, 99_500)
    ]
    assert [line.price_ore for line in queries.job_lines(session, job, factories.NOW)] == [115_000, 115_000]


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


def reduced(session, *, until, price_ore=79_500, before_ore=115_000):
    """An item with a before-price that may be shown until then."""
    item = factories.item(session, price_ore=price_ore)
    session.execute(sa.update(Item).where(Item.id == item.id).values(before_ore=before_ore, before_until=until))
    session.expire(item)
    return item


def why(session, now):
    return [row.why_text for row in waiting.queue(session, now)]


def test_a_before_price_that_is_over_puts_the_item_back_though_nothing_was_swept(session, sheet, now):
    until = now + timedelta(days=10)
    item = reduced(session, until=until)
    job = print_job(session, item, now=now)
    assert [(line.price_ore, line.before_ore) for line in queries.job_lines(session, job, now)] == [(79_500, 115_000)]
    for moment in (now, until - timedelta(microseconds=1)):
        assert waiting.queue(session, moment) == []
        assert waiting.queue_length(session, moment) == 0
    for moment in (until, until + timedelta(days=400)):
        assert why(session, moment) == ["Førprisen er slut"]
        assert waiting.queue_length(session, moment) == 1
        assert [line.is_outdated for line in queries.job_lines(session, job, moment)] == [True]
    print_job(session, item, now=until)
    assert waiting.queue(session, until) == []


def test_what_must_be_shown_is_the_same_in_the_database_as_in_the_rule(session, sheet, now):
    for until in (None, now - timedelta(days=1), now, now + timedelta(microseconds=1), now + timedelta(days=9)):
        item = reduced(session, until=until)
        row = next(row for row in waiting.queue(session, now) if row.item_id == item.id)
        assert row.before_ore == shown_before(item.before_ore, item.before_until, now), until
        label = queries.label_row(session, item.number, now)
        assert label.before_ore == row.before_ore


def test_the_queue_says_why_in_words(session, sheet, now):
    new_price, new_before, unlabelled = (factories.item(session) for _ in range(3))
    print_job(session, new_price, new_before, now=now)
    products.set_price(session, new_price, 120_000, now=now, by_staff_id=None)
    values = {"before_ore": 150_000, "before_until": now + timedelta(days=3)}
    session.execute(sa.update(Item).where(Item.id == new_before.id).values(**values))
    rows = waiting.queue(session, now)
    assert [(row.number, row.why_text) for row in rows] == [
        (new_price.number, "Ny pris"),
        (new_before.number, "Ny førpris"),
        (unlabelled.number, "Uden mærke"),
    ]


def test_a_proposed_price_is_printed_until_staff_set_another(session, sheet, now):
    item = factories.item(session, price_ore=None, is_for_sale=False)
    assert numbers(session) == []
    products.propose_price(session, item, 85_000, now=now)
    (row,) = waiting.queue(session, now)
    assert (row.price_ore, row.is_proposal, row.why_text) == (85_000, True, "Uden mærke")
    print_job(session, item, now=now)
    assert numbers(session) == []
    products.set_price(session, item, 85_000, now=now, by_staff_id=None)
    assert numbers(session) == [], "the label says so already"
    products.set_price(session, item, 90_000, now=now, by_staff_id=None)
    assert why(session, now) == ["Ny pris"]


def test_labels_that_came_out_badly_are_printed_again_and_their_items_wait(session, sheet, now):
    good, bad = factories.item(session), factories.item(session)
    job = make_job(session, good, bad, now=now, start_cell=3)
    new = actions.print_spoiled_again(session, job, positions=[2], now=now, by_staff_id=None)
    assert job.state is JobState.PRINTED
    assert numbers(session) == [bad.number], "nothing carries the bad one"
    assert [line.number for line in queries.job_lines(session, new, now)] == [bad.number]
    assert new.start_cell == 5, "the bad label used up its place too"
    assert [line.is_spoiled for line in queries.job_lines(session, job, now)] == [False, True]
    actions.mark_printed(session, new, now=now)
    assert numbers(session) == []


def test_an_item_whose_older_label_was_right_still_waits_when_its_new_one_is_bad(session, sheet, now):
    item = factories.item(session, price_ore=115_000)
    print_job(session, item, now=now)
    products.set_price(session, item, 99_500, now=now, by_staff_id=None)
    job = print_job(session, item, now=now + timedelta(hours=1))
    actions.print_spoiled_again(session, job, positions=[1], now=now + timedelta(hours=2), by_staff_id=None)
    assert [(row.shown_ore, row.price_ore) for row in waiting.queue(session, now)] == [(115_000, 99_500)]


def test_choosing_no_label_or_one_that_is_not_there_is_refused(session, sheet, now):
    job = make_job(session, factories.item(session), now=now)
    for positions in ([], [2], [0]):
        with pytest.raises(Refusal, match="ikke blev gode"):
            actions.print_spoiled_again(session, job, positions=positions, now=now, by_staff_id=None)
    assert job.state is JobState.MADE


def test_the_same_form_sent_twice_makes_one_job_and_another_choice_makes_another(session, sheet, now):
    first, second = factories.item(session), factories.item(session)
    key = crypto.new_public_id()
    job = make_job(session, first, now=now, key=key)
    assert job.public_id == key
    assert make_job(session, first, now=now, key=key).id == job.id
    assert len({make_job(session, second, now=now, key=key).id, job.id}) == 2
    assert len({make_job(session, first, now=now, key=key, start_cell=2).id, job.id}) == 2
    assert make_job(session, first, now=now).id != job.id


def test_blank_labels_carry_codes_and_numbers_and_stay_out_of_the_queue(session, sheet, now):
    made = codes.reserve(session, 3, base_url=factories.BASE_URL, now=now, by_staff_id=None)
    where = {"sheet_key": "a4_3x7", "start_cell": 20, "printer_id": None, "now": now, "by_staff_id": None}
    job = actions.make_blank_job(session, codes=made, **where)
    lines = queries.job_lines(session, job, now)
    assert [(line.number, line.is_blank, line.is_outdated) for line in lines] == [
        (code.number, True, False) for code in made
    ]
    rows = queries.label_rows(session, job)
    assert [(row.title, row.price_ore, row.qr_path) for row in rows] == [("", None, code.qr_path) for code in made]
    assert actions.mark_printed(session, job, now=now)
    assert queries.next_cell(session, sheet) == 2
    assert queries.latest_jobs(session)[0].number == made[0].number
    assert numbers(session) == []

    thing = codes.bind_to_new(
        session, made[1], title="Kurv", category="andet", product_type_id=None, base_url=factories.BASE_URL, now=now,
        by_staff_id=None,
    )  # fmt: skip
    products.set_price(session, thing, 14_500, now=now, by_staff_id=None)
    assert why(session, now) == ["Uden mærke"], "a blank label shows no price"
    again = actions.reprint(session, job, start_cell=1, now=now, by_staff_id=None)
    assert [line.number for line in queries.job_lines(session, again, now)] == [made[0].number, made[2].number]
    with pytest.raises(Refusal, match="sidder allerede"):
        actions.make_blank_job(session, codes=made, **where)


def test_a_tap_at_the_tablet_finds_its_own_label_and_never_a_run_of_many(session, sheet, now):
    item, other = factories.item(session), factories.item(session)
    run = make_job(session, item, other, now=now)
    job = actions.print_at_tablet(session, item, sheet_key="a4_3x7", now=now)
    assert job.id != run.id
    assert actions.print_at_tablet(session, item, sheet_key="a4_3x7", now=now).id == job.id
    values = {"before_ore": 150_000, "before_until": now + timedelta(days=1)}
    session.execute(sa.update(Item).where(Item.id == item.id).values(**values))
    session.expire(item)
    assert actions.print_at_tablet(session, item, sheet_key="a4_3x7", now=now).id != job.id, "it says Førpris now"
