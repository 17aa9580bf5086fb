"""What a task has to allow for: who reads which words, how it is changed, and what is never said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from support import people

from tests.workshop.sealed import scene
from tests.workshop.sealed.scene import KEYS, LINE, TEXT, House
from workshop.citizens import caseload
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.audit import AccessLog
from workshop.core.config import Settings
from workshop.core.errors import NotHere, Refusal
from workshop.sealed import actions, keys, queries
from workshop.sealed.actions import ReplacedMeanwhile
from workshop.sealed.models import Accommodation, SealedKind


@pytest.fixture
def written(house: House) -> str:
    with db.transaction() as session:
        return scene.care(session, house).public_id


def form(house: House, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "accommodation",
        "text": "Sidder ned halvdelen af tiden",
        "line": "Find en stol",
        "from_on": house.today.isoformat(),
        "until_on": "",
        **changes,
    }


def sees(house: House, name: str) -> list[tuple[str | None, str]]:
    with db.transaction() as session:
        actor = scene.actor(session, house, name)
        listed = queries.accommodations(session, actor, scene.mona_of(session, house), house.today, KEYS)
    return [(each.text, each.line) for each in listed]


def log(*deeds: str) -> list[Any]:
    with db.reading() as session:
        wanted = sa.select(AccessLog.deed, AccessLog.people, AccessLog.account_id).where(AccessLog.deed.in_(deeds))
        return list(session.execute(wanted.order_by(AccessLog.id)))


# Who reads what


def test_the_caseload_reads_the_text_and_whoever_plans_reads_the_line(house: House, written: str) -> None:
    assert sees(house, "Lone") == [(TEXT, LINE)]
    assert sees(house, "Per") == [(None, LINE)]
    for nobody in ("Karin", "Adam", "Rita", "Sofie", "Mads"):
        assert sees(house, nobody) == [], nobody


def test_a_manager_reads_the_text_of_their_own_caseload_alone(house: House, written: str) -> None:
    with db.transaction() as session:
        caseload.take_over(session, scene.mona_of(session, house), house.ids["Karin"], house.today, 1, house.now)
    assert sees(house, "Karin") == [(TEXT, LINE)]
    assert sees(house, "Lone") == [(None, LINE)]


def test_the_lines_are_for_whoever_plans_in_the_department(house: House, written: str) -> None:
    def lines(name: str) -> dict[int, list[str]]:
        with db.transaction() as session:
            actor = scene.actor(session, house, name)
            return dict(queries.lines(session, actor, [house.mona_id], house.today, KEYS))

    assert lines("Per") == {house.mona_id: [LINE]}
    for nobody in ("Karin", "Adam", "Rita", "Sofie", "Mads"):
        assert lines(nobody) == {}, nobody


def test_the_planning_pages_say_what_to_mind_and_never_why(app: Flask, house: House, written: str) -> None:
    with db.transaction() as session:
        task = people.assignment(
            session, session.get_one(Citizen, house.mona_id), day=house.today, now=house.now
        ).public_id
    per = house.desk(app, "Per")
    for address in ("/personale/uge/ny", f"/personale/uge/opgave/{task}"):
        page = per.get(address).text
        assert LINE in page, address
        assert TEXT not in page, address
    board = per.get("/personale/uge", follow_redirects=True).text
    assert "Mona" in board
    assert LINE not in board, "it does not hang on the wall"


def test_the_file_shows_a_colleague_with_a_reason_only_the_line(app: Flask, house: House, written: str) -> None:
    per = house.desk(app, "Per")
    page = f"{house.address}/hensyn"
    asked = per.get(page)
    assert (asked.status_code, TEXT in asked.text) == (403, False)
    given = per.post(f"{house.address}/grund", data={"reason": "Vikar for Lone i dag", "videre": page})
    assert (given.status_code, given.location) == (303, page)
    for address in (page, house.address):
        seen = per.get(address).text
        assert LINE in seen
        assert TEXT not in seen
    for tail in ("/nyt", f"/{written}"):
        assert per.get(page + tail).status_code == 404
        assert per.post(page + tail, data=form(house)).status_code == 404
    assert per.post(f"{page}/{written}/slut").status_code == 404
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Accommodation.id))) == 1


def test_a_manager_with_a_reason_sees_neither(app: Flask, house: House, written: str) -> None:
    karin = house.desk(app, "Karin")
    karin.post(f"{house.address}/grund", data={"reason": "Klage fra kommunen"})
    for address in (f"{house.address}/hensyn", house.address):
        seen = karin.get(address)
        assert seen.status_code == 200
        assert LINE not in seen.text
        assert TEXT not in seen.text


def test_the_citizen_reads_their_own_behind_the_code(app: Flask, house: House, written: str) -> None:
    with db.transaction() as session:
        _device, key = people.tablet(session)
        scene.note(session, house)
    page = people.browser(app)
    page.set_cookie("tablet", key)
    assert page.get("/vaerksted/det-hjaelper-mig").location == "/vaerksted"
    mona = people.at_tablet(app, key, house.mona)
    seen = mona.get("/vaerksted/det-hjaelper-mig").text
    assert TEXT in seen
    assert scene.NOTE not in seen
    assert "Du kan bede om at se dem." in seen
    assert "det-hjaelper-mig" in mona.get("/vaerksted/det-kan-jeg").text
    assert log("read")[-2].people == [house.mona]
    yusuf = people.at_tablet(app, key, house.yusuf)
    assert TEXT not in yusuf.get("/vaerksted/det-hjaelper-mig").text


# Writing


def test_it_is_written_replaced_and_ended_and_nothing_is_lost(app: Flask, house: House, written: str) -> None:
    lone = house.desk(app, "Lone")
    page = f"{house.address}/hensyn"
    assert TEXT in lone.get(f"{page}/{written}").text, "the form begins with what stands"
    assert lone.post(f"{page}/{written}", data=form(house)).status_code == 303
    assert sees(house, "Lone") == [("Sidder ned halvdelen af tiden", "Find en stol")]
    assert TEXT in lone.get(page).text, "under earlier ones"
    with db.reading() as session:
        newest = session.scalars(sa.select(Accommodation).order_by(Accommodation.id.desc())).first()
    assert lone.post(f"{page}/{newest.public_id}/slut").status_code == 303
    assert sees(house, "Lone") == []
    assert "Sidder ned" in lone.get(page).text
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Accommodation.id))) == 2
    assert {row.deed for row in log("write")} == {"write"}
    assert len(log("write")) == 2


def test_it_holds_from_its_first_to_its_last_day(house: House) -> None:
    tomorrow = house.today + timedelta(days=1)
    with db.transaction() as session:
        scene.care(session, house, text="I dag", from_on=house.today, until_on=house.today)
        scene.care(session, house, text="I går", from_on=house.back(3), until_on=house.back(1))
        old = scene.care(session, house, text="Til i morgen", from_on=house.back(3))
        scene.care(session, house, text="Fra i morgen", from_on=tomorrow, replaces=old.public_id)
    assert {text for text, _line in sees(house, "Lone")} == {"I dag", "Til i morgen"}
    with db.transaction() as session:
        lone, mona = scene.actor(session, house, "Lone"), scene.mona_of(session, house)
        later = queries.accommodations(session, lone, mona, tomorrow, KEYS)
    assert [each.text for each in later] == ["Fra i morgen"]


def test_what_was_to_be_replaced_goes_on_when_the_new_one_is_dropped(app: Flask, house: House, written: str) -> None:
    lone, page = house.desk(app, "Lone"), f"{house.address}/hensyn"
    tomorrow = house.today + timedelta(days=1)
    with db.transaction() as session:
        new = scene.care(session, house, text="Fra i morgen", from_on=tomorrow, replaces=written).public_id
    assert "Et nyt er skrevet" in lone.get(page).text
    assert lone.post(f"{page}/{new}/slut").status_code == 303
    shown = lone.get(page).text
    assert "Et nyt er skrevet" not in shown
    assert "taget væk igen" in shown
    with db.transaction() as session:
        actor, mona = scene.actor(session, house, "Lone"), scene.mona_of(session, house)
        later = queries.accommodations(session, actor, mona, tomorrow, KEYS)
    assert [each.text for each in later] == [TEXT], "it would have lapsed with nobody seeing it"
    assert lone.post(f"{page}/{written}", data=form(house)).status_code == 303, "and can be written anew"


def test_what_is_ended_or_foreign_cannot_be_replaced(house: House, written: str) -> None:
    with db.transaction() as session:
        lone, mona = scene.actor(session, house, "Lone"), scene.mona_of(session, house)
        actions.end_accommodation(session, mona, written, by=lone, now=house.now)
    with pytest.raises(Refusal, match="afsluttet"), db.transaction() as session:
        scene.care(session, house, replaces=written)
    with pytest.raises(NotHere), db.transaction() as session:
        scene.care(session, house, replaces="x" * 22)
    with pytest.raises(NotHere), db.transaction() as session:
        scene.care(session, house, by="Per")


def test_two_who_rewrite_at_once_write_one_and_the_other_hears_it(app: Flask, house: House, written: str) -> None:
    together = Barrier(4)

    def rewrite(number: int) -> str:
        together.wait()
        try:
            with db.transaction() as session:
                return scene.care(session, house, text=f"Ny {number}", replaces=written).public_id
        except ReplacedMeanwhile:
            return ""

    with ThreadPoolExecutor(4) as pool:
        won = [each for each in pool.map(rewrite, range(4)) if each]
    assert len(won) == 1
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Accommodation.id))) == 2


def test_the_one_who_comes_second_sees_both(app: Flask, house: House, written: str) -> None:
    with db.transaction() as session:
        scene.delegated(session, house)
    lone, per = house.desk(app, "Lone"), house.desk(app, "Per")
    page = f"{house.address}/hensyn/{written}"
    assert lone.post(page, data=form(house, text="Lones ord")).status_code == 303
    second = per.post(page, data=form(house, text="Pers ord"))
    assert second.status_code == 409
    assert "Lones ord" in second.text
    assert "Pers ord" in second.text
    assert page not in second.text, "saving again goes to the newest"
    onward = second.text.partition(f'action="{house.address}/hensyn/')[2].partition('"')[0]
    assert per.post(f"{house.address}/hensyn/{onward}", data=form(house, text="Pers ord")).status_code == 303
    assert [text for text, _line in sees(house, "Lone")] == ["Pers ord"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": "  "}, "Skriv, hvad det er."),
        ({"kind": "illness"}, ""),
        ({"line": "x" * 161}, ""),
        ({"from_on": "i morgen"}, ""),
    ],
)
def test_what_is_missing_comes_back_with_what_was_typed(
    app: Flask, house: House, changes: dict[str, str], sentence: str
) -> None:
    answer = house.desk(app, "Lone").post(f"{house.address}/hensyn/nyt", data=form(house, **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Find en stol" in answer.text or "line" in changes
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Accommodation.id))) == 0


def test_days_the_wrong_way_round_are_answered_with_a_sentence(app: Flask, house: House) -> None:
    wrong = form(house, until_on=house.back(1).isoformat())
    answer = house.desk(app, "Lone").post(f"{house.address}/hensyn/nyt", data=wrong)
    assert answer.status_code == 409
    assert "Det slutter, før det begynder." in answer.text


def test_a_word_that_sounds_like_an_illness_is_asked_about_and_not_refused(app: Flask, house: House) -> None:
    lone = house.desk(app, "Lone")
    typed = form(house, text="Har angst og får medicin", kind="aid")
    asked = lone.post(f"{house.address}/hensyn/nyt", data=typed)
    assert asked.status_code == 422
    assert "ikke hvorfor" in asked.text
    assert "angst, medicin" in asked.text
    assert "Har angst og får medicin" in asked.text
    assert sees(house, "Lone") == []
    assert lone.post(f"{house.address}/hensyn/nyt", data={**typed, "gem": "alligevel"}).status_code == 303
    assert sees(house, "Lone")[0][0] == "Har angst og får medicin"


def test_texts_of_a_destroyed_key_are_gone_calmly(app: Flask, house: House, written: str, settings: Settings) -> None:
    with db.transaction() as session:
        scene.note(session, house)
        _device, key = people.tablet(session)
        keys.destroy(session, house.mona_id, house.now, settings=settings)
    lone = house.desk(app, "Lone")
    for tail in ("", "/hensyn", "/lukkede-noter", f"/hensyn/{written}"):
        answer = lone.get(house.address + tail)
        assert answer.status_code == 200, tail
        assert TEXT not in answer.text
    assert "Teksten er slettet og kan ikke læses mere." in lone.get(f"{house.address}/hensyn").text
    assert lone.post(f"{house.address}/hensyn/nyt", data=form(house)).status_code == 409
    assert lone.post(f"{house.address}/lukkede-noter", data={"text": "Ny"}).status_code == 409
    assert "Teksten er væk" in people.at_tablet(app, key, house.mona).get("/vaerksted/det-hjaelper-mig").text


def test_another_department_meets_the_page_of_nobody(app: Flask, house: House, written: str) -> None:
    mads = house.desk(app, "Mads")
    for tail in ("/hensyn", "/hensyn/nyt", f"/hensyn/{written}", "/lukkede-noter"):
        there = mads.get(house.address + tail)
        missing = mads.get(f"/personale/borgere/{'x' * 22}{tail}")
        assert (there.status_code, there.data) == (404, missing.data), tail
    assert {row.deed for row in log("read", "refused")} == {"refused"}
    assert len(log("refused")) == 4


def test_the_number_of_queries_does_not_grow(app: Flask, house: House) -> None:
    def many(count: int) -> int:
        with db.transaction() as session:
            for number in range(count):
                scene.care(session, house, text=f"Nr. {number}", kind=SealedKind.AID)
        asked: list[str] = []
        engine = db.engines()[1]
        sa.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        with db.transaction() as session:
            actor = scene.actor(session, house, "Lone")
        with db.reading() as session:
            mona = session.get_one(Citizen, house.mona_id)
            asked.clear()
            assert len(queries.history(session, actor, mona, house.today, KEYS)) >= count
        return len(asked)

    assert many(2) == many(20) == 4


def test_a_second_press_writes_nothing_twice(app: Flask, house: House) -> None:
    with ThreadPoolExecutor(3) as several:
        desks = [house.desk(app, "Lone") for _each in range(3)]
        together = Barrier(3)

        def press(number: int) -> int:
            together.wait()
            return desks[number].post(f"{house.address}/hensyn/nyt", data=form(house)).status_code

        assert list(several.map(press, range(3))) == [303, 303, 303]
    assert len(sees(house, "Lone")) == 1
    for changes in ({"line": ""}, {"line": "Find to stole"}, {"kind": "aid"}):
        assert desks[0].post(f"{house.address}/hensyn/nyt", data=form(house, **changes)).status_code == 303
    assert len(sees(house, "Lone")) == 4, "other words are another one"
