"""VAT: goods of an origin are sold by the rule of the day, and what was is never rewritten."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products import queries as things
from workshop.products.models import Item, Origin, VatRule, VatScheme
from workshop.products.origins import origin_text
from workshop.products.vat import actions, queries
from workshop.products.vat.words import words_for

PAGE = "/personale/moebler/moms"
NOW = factories.NOW
TODAY = clock.local_day(NOW)
MARGIN_TEXT = "Fortjenstmargenordning – brugte genstande – køber har ikke fradrag for momsen."


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    sign_in(client, Role.MANAGER)
    return client


def sign_in(client: FlaskClient, role: Role) -> None:
    with db.transaction() as session:
        email = factories.staff(session, name="Grethe Lund", roles=[role]).email
    people.sign_in_staff(client, email)


def rule(session: Session, origin: Origin, scheme: VatScheme, valid_from: date) -> None:
    session.add(VatRule(origin=origin, valid_from=valid_from, scheme=scheme))
    session.flush()


def today() -> date:
    return clock.local_day(clock.now())


def typed(**changes: str) -> dict[str, str]:
    return {"origin": "donated", "scheme": "margin", "valid_from": today().isoformat(), **changes}


def item(number: int) -> Item:
    with db.reading() as session:
        found = things.item_by_number(session, number)
        assert found is not None
        return found


def all_rules() -> list[queries.RuleLine]:
    with db.reading() as session:
        return queries.rules(session)


def test_the_rule_of_the_day_is_the_newest_that_has_begun(session: Session) -> None:
    rule(session, Origin.DONATED, VatScheme.EXEMPT, date(2026, 1, 1))
    rule(session, Origin.DONATED, VatScheme.MARGIN, date(2026, 6, 1))
    schemes = [
        queries.scheme_for(session, Origin.DONATED, day)
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1), date(2030, 1, 1))
    ]
    assert schemes == [VatScheme.STANDARD, VatScheme.EXEMPT, VatScheme.EXEMPT, VatScheme.MARGIN, VatScheme.MARGIN]
    assert queries.scheme_for(session, Origin.BOUGHT, date(2026, 7, 1)) is VatScheme.STANDARD


def test_a_rule_cannot_begin_before_today_and_one_day_has_one_rule(session: Session) -> None:
    def add(valid_from: date, scheme: VatScheme = VatScheme.MARGIN) -> None:
        actions.add_rule(
            session, origin=Origin.DONATED, scheme=scheme, valid_from=valid_from, now=NOW, by_staff_id=None
        )

    with pytest.raises(Refusal, match="først gælde fra i dag"):
        add(TODAY - timedelta(days=1))
    add(TODAY)
    with pytest.raises(Refusal, match="allerede en regel fra den dag"):
        add(TODAY, VatScheme.EXEMPT)
    assert queries.scheme_for(session, Origin.DONATED, TODAY) is VatScheme.MARGIN


def test_only_a_rule_that_has_not_begun_can_be_taken_back(session: Session) -> None:
    rule(session, Origin.DONATED, VatScheme.MARGIN, TODAY)
    rule(session, Origin.DONATED, VatScheme.EXEMPT, TODAY + timedelta(days=1))
    with pytest.raises(Refusal, match="gælder allerede"):
        actions.remove_rule(session, origin=Origin.DONATED, valid_from=TODAY, now=NOW)
    actions.remove_rule(session, origin=Origin.DONATED, valid_from=TODAY + timedelta(days=1), now=NOW)
    assert [line.valid_from for line in queries.rules(session)] == [TODAY]


def test_today_is_the_danish_day(session: Session) -> None:
    late = NOW.replace(hour=23, minute=30)  # half past midnight in Denmark
    with pytest.raises(Refusal):
        actions.add_rule(
            session, origin=Origin.DONATED, scheme=VatScheme.MARGIN, valid_from=TODAY, now=late, by_staff_id=None
        )


def test_the_scheme_of_a_thing_follows_its_origin(session: Session) -> None:
    rule(session, Origin.DONATED, VatScheme.MARGIN, TODAY)
    rule(session, Origin.RECLAIMED, VatScheme.EXEMPT, TODAY + timedelta(days=1))
    chair = factories.item(session, title="Stol")
    version = chair.version
    assert chair.vat_scheme is VatScheme.STANDARD
    assert actions.set_origin(session, chair, Origin.DONATED, now=NOW) is VatScheme.MARGIN
    assert (chair.origin, chair.vat_scheme, chair.version) == (Origin.DONATED, VatScheme.MARGIN, version)
    assert actions.set_origin(session, chair, Origin.RECLAIMED, now=NOW) is VatScheme.STANDARD  # not yet


def test_a_sold_thing_keeps_its_origin_and_scheme(session: Session) -> None:
    chair = factories.item(session)
    products.hold(session, chair.id, 1)
    products.sell_held(session, chair.id, 1, reference="2026-0001", now=NOW)
    with pytest.raises(Refusal, match="solgt"):
        actions.set_origin(session, chair, Origin.DONATED, now=NOW)
    assert chair.origin is Origin.BOUGHT


@pytest.mark.once
def test_customers_are_told_what_was_done_and_nothing_about_the_environment() -> None:
    assert origin_text(Origin.RECLAIMED) == "Lavet af brugte materialer."
    assert origin_text(Origin.DONATED) == "Givet til værkstedet og sat i stand."
    assert origin_text(Origin.BOUGHT) == ""
    assert words_for(VatScheme.MARGIN).on_paper == MARGIN_TEXT


def test_a_manager_sets_a_rule_and_sees_it(manager: FlaskClient) -> None:
    page = manager.get(PAGE).text
    assert "Spørg jeres revisor." in page
    assert "Almindelig moms, 25 %" in page
    assert manager.post(PAGE, data=typed()).status_code == 303
    page = manager.get(PAGE).text
    assert "Grethe Lund" in page
    assert MARGIN_TEXT in page
    assert re.search(r'<th scope="row">\d+\. [a-z]+ 20\d\d</th>', page), "a rule stands for years, so its day has one"
    assert "Ligger fast" in page
    assert [line.scheme for line in all_rules()] == [VatScheme.MARGIN]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_from": "2020-01-01"}, "En regel kan først gælde fra i dag."),
        ({"valid_from": ""}, "Vælg den dag, reglen gælder fra."),
        ({"valid_from": "i morgen"}, "Vælg den dag, reglen gælder fra."),
        ({"valid_from": "9999-12-31"}, "Se på årstallet igen."),
        ({"scheme": ""}, "Vælg, hvordan de sælges."),
        ({"scheme": "gratis"}, "Vælg, hvordan de sælges."),
        ({"origin": "stjålet"}, ""),
    ],
)
def test_a_wrong_rule_comes_back_with_a_sentence(manager: FlaskClient, changes: dict[str, str], sentence: str) -> None:
    answer = manager.post(PAGE, data=typed(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    if "scheme" not in changes:
        assert 'checked id="scheme-1"' in answer.text
    assert all_rules() == []


def test_the_second_to_set_a_rule_for_a_day_is_told(manager: FlaskClient) -> None:
    assert manager.post(PAGE, data=typed()).status_code == 303
    answer = manager.post(PAGE, data=typed(scheme="exempt"))
    assert answer.status_code == 422
    assert "Der er allerede en regel fra den dag." in answer.text
    assert [line.scheme for line in all_rules()] == [VatScheme.MARGIN]


def test_a_coming_rule_can_be_taken_back(manager: FlaskClient) -> None:
    coming = (today() + timedelta(days=30)).isoformat()
    assert manager.post(PAGE, data=typed(valid_from=coming)).status_code == 303
    assert manager.post(f"{PAGE}/donated/{coming}/fjern").status_code == 303
    assert all_rules() == []
    for path in (f"donated/{coming}", "stjålet/2026-01-01", "donated/i-dag"):
        assert manager.post(f"{PAGE}/{path}/fjern").status_code == 404
    manager.post(PAGE, data=typed())
    assert manager.post(f"{PAGE}/donated/{today().isoformat()}/fjern").status_code == 409
    assert len(all_rules()) == 1


def test_only_managers_set_rules(client: FlaskClient) -> None:
    sign_in(client, Role.WORKSHOP)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data=typed()).status_code == 403
    assert all_rules() == []
    assert "Moms</a>" not in client.get("/personale/moebler").text


def test_staff_say_where_a_thing_comes_from_and_the_vat_follows(client: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        number = factories.item(session).number
        rule(session, Origin.DONATED, VatScheme.MARGIN, date(2026, 1, 1))
    sign_in(client, Role.WORKSHOP)
    page = f"/personale/moebler/{number}"
    assert client.post(f"{page}/oprindelse", data={"origin": "donated"}).status_code == 303
    assert item(number).vat_scheme is VatScheme.MARGIN
    shown = client.get(page).text
    assert "Givet til værkstedet og sat i stand." in shown
    assert MARGIN_TEXT in shown
    assert client.post(f"{page}/oprindelse", data={"origin": "stjålet"}).status_code == 422
    assert item(number).origin is Origin.DONATED


def test_a_consultant_cannot_change_where_a_thing_comes_from(client: FlaskClient, app: Flask) -> None:
    with db.transaction() as session:
        number = factories.item(session).number
    sign_in(client, Role.CONSULTANT)
    assert client.post(f"/personale/moebler/{number}/oprindelse", data={"origin": "donated"}).status_code == 403
    assert item(number).origin is Origin.BOUGHT
