"""What listings and pages find."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session
from support import factories

from workshop.products import actions, queries
from workshop.products.drawings import _BY_CATEGORY
from workshop.products.sections import CATEGORY_NAMES, SECTIONS, category_name, section, section_of


def titles(cards: list[queries.ItemCard]) -> list[str]:
    return [card.title for card in cards]


def test_a_listing_shows_what_is_for_sale_the_newest_first(session: Session, now: datetime) -> None:
    factories.item(session, title="Gammel")
    factories.item(session, title="Ny", now=now + timedelta(hours=1))
    factories.item(session, title="Ikke godkendt", is_for_sale=False)
    gone = factories.item(session, title="Væk")
    actions.hold(session, gone.id, 1)
    actions.sell_held(session, gone.id, 1, reference="2026-0001", now=now)
    assert titles(queries.listing(session)) == ["Ny", "Gammel"]
    assert titles(queries.recently_sold(session, now)) == ["Væk"]


def test_what_was_sold_is_recent_for_fourteen_days(session: Session, now: datetime) -> None:
    gone = factories.item(session, title="Væk")
    actions.hold(session, gone.id, 1)
    actions.sell_held(session, gone.id, 1, reference="2026-0001", now=now)
    assert titles(queries.recently_sold(session, now + timedelta(days=14))) == ["Væk"]
    assert titles(queries.recently_sold(session, now + timedelta(days=14, seconds=1))) == []


def test_what_somebody_is_paying_for_stays_in_the_listing_and_says_so(session: Session) -> None:
    item = factories.item(session)
    actions.hold(session, item.id, 1)
    assert [card.is_held for card in queries.listing(session)] == [True]


def test_a_section_lists_its_own_categories_only(session: Session) -> None:
    factories.item(session, title="Bænk", category="havebænke")
    factories.item(session, title="Sofa", category="pallemøbler")
    garden = section("havemobler")
    assert garden is not None
    assert titles(queries.listing(session, garden.categories)) == ["Bænk"]
    assert titles(queries.listing(session, [])) == []


@pytest.mark.parametrize("words", ["havebænk", "HAVEBAENK lærk", "1001", "bænk havebænke"])
def test_search_finds_by_words_in_any_spelling(session: Session, words: str) -> None:
    factories.item(session, title="Havebænk i lærk")
    assert len(queries.desk_list(session, words=words, limit=9)) == 1


@pytest.mark.parametrize("words", ["%", "_", "\\", "kommode", "havebænk kommode"])
def test_search_takes_signs_as_they_are(session: Session, words: str) -> None:
    factories.item(session, title="Havebænk i lærk")
    assert queries.desk_list(session, words=words, limit=9) == []


def test_a_sold_item_keeps_its_page_and_one_nobody_has_seen_has_none(session: Session, now: datetime) -> None:
    kind = factories.product_type(session, sku="HB-01")
    item = factories.item(session, title="Havebænk i lærk", kind=kind)
    page = queries.item_page(session, item.number)
    assert page is not None
    assert (page.sku, page.card.slug, page.card.is_sold) == ("HB-01", "1001-havebaenk-i-laerk", False)
    actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    sold = queries.item_page(session, item.number)
    assert sold is not None
    assert sold.card.is_sold
    hidden = factories.item(session, is_for_sale=False)
    assert queries.item_page(session, hidden.number) is None
    assert queries.item_page(session, 999) is None


def test_a_thing_without_a_name_is_called_so_and_its_address_is_its_number(session: Session) -> None:
    item = factories.item(session, title="Skammel", is_for_sale=False)
    item.title = ""
    session.flush()
    card = queries.cards(session, [item.id])[item.id]
    assert (card.shown_title, card.slug) == ("Uden navn endnu", str(item.number))
    named = card._replace(title="Skammel")
    assert (named.shown_title, named.slug) == ("Skammel", f"{item.number}-skammel")


def test_a_before_price_is_on_the_card_only_while_it_may_be_shown(session: Session, now: datetime) -> None:
    item = factories.item(session, price_ore=80_000)
    item.before_ore, item.before_until = 100_000, now + timedelta(days=1)
    session.flush()
    card = queries.cards(session, [item.id])[item.id]
    assert card.before(now) == 100_000
    assert card.before(now + timedelta(days=1)) is None
    assert queries.listing(session)[0].before(now) == 100_000
    page = queries.item_page(session, item.number)
    assert page is not None
    assert page.card.before(now) == 100_000


def test_the_desks_list_is_narrowed_by_kind_and_place(session: Session) -> None:
    bench, stool = factories.item(session, title="Bænk"), factories.item(session, title="Skammel", category="stole")
    stool.place = "Reol 3"
    session.flush()
    assert titles(queries.desk_list(session, category="stole", limit=9)) == ["Skammel"]
    assert titles(queries.desk_list(session, place="Reol 3", limit=9)) == ["Skammel"]
    assert titles(queries.desk_list(session, category=bench.category, place="Reol 3", limit=9)) == []
    assert queries.categories_and_places(session) == (["havebænke", "stole"], ["Reol 3"])


def test_similar_things_leave_out_the_thing_itself(session: Session) -> None:
    one, other = factories.item(session, title="En"), factories.item(session, title="To")
    factories.item(session, title="Sofa", category="pallemøbler")
    assert titles(queries.similar(session, "havebænke", except_number=one.number)) == ["To"]
    assert set(queries.cards(session, [one.id, other.id])) == {one.id, other.id}


@pytest.mark.once
def test_every_category_has_a_name_and_stands_on_exactly_one_shelf() -> None:
    on_shelves = [category for shelf in SECTIONS for category in shelf.categories]
    assert sorted(on_shelves) == sorted(CATEGORY_NAMES) == sorted(_BY_CATEGORY)
    assert section_of("borde") is SECTIONS[0]
    assert (section("nej"), section_of("ukendt")) == (None, None)
    assert (category_name("borde"), category_name("små-ting")) == ("Borde", "Små ting")
