"""Codes printed ahead, put on things once, taken off, renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from support import binding_race, factories
from support.factories import BASE_URL, NOW

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products.codes import actions, queries
from workshop.products.life import life_of
from workshop.products.models import Item, ItemCode, StockMovement
from workshop.products.qr import make_qr


def blank(session: Session) -> ItemCode:
    return actions.reserve(session, 1, base_url=BASE_URL, now=NOW, by_staff_id=None)[0]


def bind_new(session: Session, code: ItemCode, title: str = "") -> Item:
    return actions.bind_to_new(
        session,
        code,
        title=title,
        category="stole",
        product_type_id=None,
        base_url=BASE_URL,
        now=NOW,
        by_staff_id=None,
    )


def test_codes_printed_ahead_take_numbers_no_item_will_get(session: Session) -> None:
    before = factories.item(session)
    codes = actions.reserve(session, 3, base_url=BASE_URL, now=NOW, by_staff_id=None)
    after = factories.item(session)
    assert [code.number for code in codes] == [before.number + 1, before.number + 2, before.number + 3]
    assert after.number == before.number + 4
    assert len({code.token for code in codes}) == 3
    assert codes[0].qr_path == make_qr(f"{BASE_URL}/q/{codes[0].token}").path
    assert [code.number for code in queries.blanks(session)] == [code.number for code in codes]


@pytest.mark.parametrize("how_many", [0, -1, 1_001])
def test_no_or_too_many_codes_are_refused_and_no_number_is_lost(session: Session, how_many: int) -> None:
    first = factories.item(session).number
    with pytest.raises(Refusal):
        actions.reserve(session, how_many, base_url=BASE_URL, now=NOW, by_staff_id=None)
    assert factories.item(session).number == first + 1


def test_a_thing_born_with_a_printed_code_has_its_number_and_its_symbol(session: Session) -> None:
    code = blank(session)
    item = bind_new(session, code)
    assert (item.number, item.qr_token, item.qr_path, item.qr_side) == (
        code.number,
        code.token,
        code.qr_path,
        code.qr_side,
    )
    assert item.title == ""
    assert queries.item_by_token(session, code.token.upper()) is item
    assert queries.blank_by_token(session, code.token) is None
    assert queries.blanks(session) == []
    assert session.scalar(sa.select(StockMovement.change).where(StockMovement.item_id == item.id)) == 1


def test_a_printed_code_put_on_a_numbered_thing_leads_there_by_token_and_by_number(session: Session) -> None:
    item, code = factories.item(session), blank(session)
    own = item.qr_token
    actions.bind_to_item(session, code, item, now=NOW, by_staff_id=None)
    assert queries.item_by_token(session, code.token) is item
    assert queries.item_by_token(session, own) is item
    assert queries.item_by_any_number(session, code.number or 0) is item
    assert queries.item_by_any_number(session, item.number) is item
    assert item.qr_token == own


def test_a_used_code_is_refused_with_the_number_it_is_on_and_nothing_is_born(session: Session) -> None:
    code = blank(session)
    item = bind_new(session, code)
    other = factories.item(session)
    count = session.scalar(sa.select(sa.func.count(Item.id)))
    with pytest.raises(actions.CodeUsed, match=rf"Koden sidder allerede på nr\. {item.number}\."):
        bind_new(session, code)
    with pytest.raises(actions.CodeUsed, match=str(item.number)):
        actions.bind_to_item(session, code, other, now=NOW, by_staff_id=None)
    assert session.scalar(sa.select(sa.func.count(Item.id))) == count
    assert queries.item_by_token(session, code.token) is item


def test_a_code_put_on_the_wrong_thing_can_be_taken_off_and_used_again(session: Session) -> None:
    wrong, right, code = factories.item(session), factories.item(session), blank(session)
    actions.bind_to_item(session, code, wrong, now=NOW, by_staff_id=None)
    assert actions.unbind(session, code)
    assert not actions.unbind(session, code)
    assert queries.item_by_token(session, code.token) is None
    actions.bind_to_item(session, code, right, now=NOW, by_staff_id=None)
    assert queries.item_by_token(session, code.token) is right


def test_a_code_a_thing_was_born_with_stays_on_it_also_after_a_new_one(session: Session) -> None:
    code = blank(session)
    item = bind_new(session, code)
    assert not actions.unbind(session, code)
    actions.renew(session, item, base_url=BASE_URL, now=NOW, by_staff_id=None)
    assert not actions.unbind(session, code)
    assert queries.item_by_token(session, code.token) is item


def test_a_new_code_keeps_every_old_one_leading_to_the_thing(session: Session) -> None:
    item = factories.item(session)
    version, tokens = item.version, [item.qr_token]
    for days in (1, 2):
        actions.renew(session, item, base_url=BASE_URL, now=NOW + timedelta(days=days), by_staff_id=None)
        tokens.append(item.qr_token)
    assert len(set(tokens)) == 3
    assert [queries.item_by_token(session, token) for token in tokens] == [item] * 3
    assert item.qr_path == make_qr(f"{BASE_URL}/q/{item.qr_token}").path
    assert item.version == version  # nobody who edits the words is told of a conflict


def test_a_new_code_for_a_thing_born_with_a_printed_one(session: Session) -> None:
    code = blank(session)
    item = bind_new(session, code)
    actions.renew(session, item, base_url=BASE_URL, now=NOW, by_staff_id=None)
    assert item.qr_token != code.token
    assert queries.item_by_token(session, code.token) is item
    assert item.number == code.number


def test_what_is_typed_or_read_finds_things_and_blank_codes(session: Session) -> None:
    item, code = factories.item(session), blank(session)
    for text in (
        str(item.number),
        f" {item.number} ",
        f"#{item.number}",
        f"Nr. {item.number}",
        f"nr{item.number}",
        item.qr_token,
        f"{BASE_URL}/q/{item.qr_token}",
    ):
        assert queries.find(session, text) is item
    assert queries.find(session, f"HTTPS://BUTIK.EXAMPLE/Q/{item.qr_token.upper()}") is item
    assert queries.find(session, f"https://den-gamle-adresse.example/q/{item.qr_token}") is item
    assert queries.find(session, str(code.number)) is code
    assert queries.find(session, f"{BASE_URL}/q/{code.token}") is code
    for text in ("", "99999999", "9" * 40, "-1", "nr.", "²", "bænk", "\x00\x00", "https://x.example/q/" + "2" * 10):
        assert queries.find(session, text) is None


def test_new_codes_and_later_labels_stand_in_the_life_of_a_thing(app: Flask) -> None:
    with app.test_request_context(), db.transaction() as session:
        item = factories.item(session)
        code = blank(session)
        actions.bind_to_item(session, code, item, now=NOW, by_staff_id=None)
        printed = bind_new(session, blank(session))
        for each in (item, printed):
            for days in (1, 2):
                actions.renew(session, each, base_url=BASE_URL, now=NOW + timedelta(days=days), by_staff_id=None)
        told = [[event.title for event in life_of(session, each)] for each in (item, printed)]
        assert told[0].count("Fik et mærke mere") == 1
        assert "Fik et mærke mere" not in told[1], "it was born with that label"
        assert [events.count("Fik en ny kode") for events in told] == [2, 2]
        assert all(queries.item_by_token(session, each.qr_token) is each for each in (item, printed))
        assert actions.unbind(session, code)
        assert "Fik et mærke mere" not in [event.title for event in life_of(session, item)]


@pytest.mark.parametrize("way", ["new", "known"])
def test_twenty_at_once_put_one_code_on_one_thing(app: Flask, database_url: str, way: binding_race.Way) -> None:
    with db.transaction() as session:
        token = blank(session).token
    item_ids = binding_race.items(binding_race.RACERS)
    assert binding_race.race(database_url, token, item_ids, way) == {"won": 1, "lost": binding_race.RACERS - 1}
    with db.reading() as session:
        found = queries.item_by_token(session, token)
        count = session.scalar(sa.select(sa.func.count(Item.id)))
    assert found is not None
    assert count == len(item_ids) + (way == "new")


def test_without_the_guard_the_same_race_puts_it_on_many(app: Flask, database_url: str) -> None:
    with db.transaction() as session:
        token = blank(session).token
    outcomes = binding_race.race(database_url, token, binding_race.items(binding_race.RACERS), "unguarded")
    assert outcomes["won"] > 1


def test_the_number_series_is_one_for_codes_and_things(session: Session) -> None:
    code = blank(session)
    assert code.number == products.FIRST_ITEM_NUMBER
    assert factories.item(session).number == products.FIRST_ITEM_NUMBER + 1
