"""Photos at the desk, and where everybody sees them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people, photos

from workshop.core import db, images, photo_store
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.products import queries
from workshop.products.models import Item, ItemPhoto, ItemState
from workshop.products.photos import actions

PAGE = "/personale/moebler"


def sign_in(client: FlaskClient, role: Role = Role.WORKSHOP) -> None:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg", roles=[role]).email
    people.sign_in_staff(client, email)


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    sign_in(client)
    return client


@pytest.fixture
def bench(app: Flask) -> int:
    """The number of a bench that is for sale at 1.150 kr."""
    with db.transaction() as session:
        return factories.item(session, title="Havebænk i lærk", price_ore=115_000).number


def upload(client: FlaskClient, number: int, alt_text: str = "Bænken set forfra") -> str:
    """Upload a photo and give its name."""
    data = {"photo": (io.BytesIO(photos.telling_jpeg()), "IMG_4711.jpg"), "alt_text": alt_text}
    assert client.post(f"{PAGE}/{number}/billeder", data=data).status_code == 303
    with db.reading() as session:
        return session.scalars(sa.select(ItemPhoto.name).order_by(ItemPhoto.id.desc())).first() or ""


def approved(client: FlaskClient, number: int, alt_text: str = "Bænken set forfra") -> str:
    """Upload a photo and let everybody see it."""
    name = upload(client, number, alt_text)
    assert client.post(f"{PAGE}/{number}/billeder/{name}/godkend", data={"nobody": "y"}).status_code == 303
    return name


def row(name: str) -> ItemPhoto:
    with db.reading() as session:
        found = queries.photo_by_name(session, name)
        assert found is not None
        return found


def order(number: int) -> list[str]:
    with db.reading() as session:
        item = queries.item_by_number(session, number)
        assert item is not None
        return [each.name for each in queries.photos(session, item.id, only_approved=False)]


def move(client: FlaskClient, number: int, name: str, way: str, position: int | None = None) -> str:
    data = {"way": way, "position": position if position is not None else row(name).position}
    answer = client.post(f"{PAGE}/{number}/billeder/{name}/flyt", data=data, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def test_a_photo_is_for_staff_until_it_is_approved(desk: FlaskClient, bench: int) -> None:
    name = upload(desk, bench)
    stranger = desk.application.test_client()
    public, inside = f"/foto/{name}-400.webp", f"/personale/foto/{name}-400.webp"
    assert desk.get(inside).mimetype == "image/webp"
    assert stranger.get(public).status_code == 404
    assert stranger.get(inside).status_code == 303
    answer = desk.post(f"{PAGE}/{bench}/billeder/{name}/godkend", data={"nobody": "y"})
    assert answer.status_code == 303
    for kind, mime in (("avif", "image/avif"), ("webp", "image/webp"), ("jpg", "image/jpeg")):
        shown = stranger.get(f"/foto/{name}-1600.{kind}")
        assert (shown.status_code, shown.mimetype) == (200, mime)
        assert photos.MARKER.encode() not in shown.data
        assert shown.headers["Cache-Control"] == "public, max-age=86400"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_a_photo_is_told_so_and_loses_it_when_it_is_hidden(desk: FlaskClient, bench: int) -> None:
    name = approved(desk, bench)
    stranger, public = desk.application.test_client(), f"/foto/{name}-800.avif"
    mark = stranger.get(public).headers["ETag"]
    again = stranger.get(public, headers={"If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")
    assert stranger.get(public, headers={"If-None-Match": '"another"'}).status_code == 200
    assert desk.post(f"{PAGE}/{bench}/billeder/{name}/skjul").status_code == 303
    assert stranger.get(public, headers={"If-None-Match": mark}).status_code == 404
    assert stranger.get(f"/vare/{bench}-havebaenk-i-laerk").text.count(name) == 0
    assert "Vis det for kunder" in desk.get(f"{PAGE}/{bench}").text


def test_a_photo_is_not_approved_without_the_tick(desk: FlaskClient, bench: int) -> None:
    name = upload(desk, bench)
    answer = desk.post(f"{PAGE}/{bench}/billeder/{name}/godkend")
    assert answer.status_code == 422
    assert "ingen mennesker kan genkendes" in answer.text
    assert desk.application.test_client().get(f"/foto/{name}-400.webp").status_code == 404


def test_a_photo_says_what_it_shows_before_everybody_sees_it(desk: FlaskClient, bench: int) -> None:
    name = upload(desk, bench, alt_text="")
    assert row(name).alt_text == "Havebænk i lærk"  # the name of the thing until somebody writes better
    with db.transaction() as session:
        session.execute(sa.update(ItemPhoto).values(alt_text=""))
        session.execute(sa.update(Item).values(title=""))
    answer = desk.post(f"{PAGE}/{bench}/billeder/{name}/godkend", data={"nobody": "y"})
    assert answer.status_code == 422
    assert "Skriv først, hvad billedet viser." in answer.text
    assert desk.post(f"{PAGE}/{bench}/billeder/{name}/tekst", data={"words": "Bænk, set bagfra"}).status_code == 303
    assert desk.post(f"{PAGE}/{bench}/billeder/{name}/godkend", data={"nobody": "y"}).status_code == 303
    assert row(name).alt_text == "Bænk, set bagfra"


@pytest.mark.parametrize(
    ("words", "sentence"), [("", "Skriv, hvad billedet viser."), (" \u200b ", "Skriv, hvad"), ("x" * 201, "højst 200")]
)
def test_words_that_will_not_do_come_back_as_typed(desk: FlaskClient, bench: int, words: str, sentence: str) -> None:
    name = upload(desk, bench)
    answer = desk.post(f"{PAGE}/{bench}/billeder/{name}/tekst", data={"words": words})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert words.strip(" \u200b") in answer.text
    assert row(name).alt_text == "Bænken set forfra"


def test_photos_are_put_in_order_and_the_first_approved_is_on_the_card(desk: FlaskClient, bench: int) -> None:
    first, second, third = (approved(desk, bench) for _each in range(3))
    assert order(bench) == [first, second, third]
    move(desk, bench, third, "frem")
    assert order(bench) == [first, third, second]
    move(desk, bench, first, "tilbage")
    assert order(bench) == [third, first, second]
    assert f"/foto/{third}-400" in desk.application.test_client().get("/butik/havemobler").text
    move(desk, bench, third, "frem")  # it is the first already
    assert order(bench) == [third, first, second]
    desk.post(f"{PAGE}/{bench}/billeder/{third}/skjul")
    assert f"/foto/{first}-400" in desk.application.test_client().get("/butik/havemobler").text
    desk.post(f"{PAGE}/{bench}/billeder/{first}/fjern")
    move(desk, bench, second, "frem")  # over the gap that the removed one left
    assert order(bench) == [second, third]


def test_who_saw_another_order_moves_nothing(desk: FlaskClient, bench: int) -> None:
    first, second = (upload(desk, bench) for _each in range(2))
    seen = row(second).position
    move(desk, bench, second, "frem", seen)
    assert "En anden har flyttet billederne imens" in move(desk, bench, second, "frem", seen)
    assert order(bench) == [second, first]


@pytest.mark.parametrize(
    "data", [{}, {"way": "frem"}, {"way": "op", "position": 1}, {"way": "frem", "position": "9" * 30}]
)
def test_a_move_nobody_could_mean_is_not_here(desk: FlaskClient, bench: int, data: dict[str, object]) -> None:
    name = upload(desk, bench)
    assert desk.post(f"{PAGE}/{bench}/billeder/{name}/flyt", data=data).status_code == 404


def test_a_removed_photo_is_gone_with_its_files(desk: FlaskClient, bench: int, settings: Settings) -> None:
    name = upload(desk, bench)
    assert sorted(path.name for path in settings.photos_dir.iterdir()) == sorted(images.files_of(name))
    assert desk.post(f"{PAGE}/{bench}/billeder/{name}/fjern").status_code == 303
    assert list(settings.photos_dir.iterdir()) == []
    assert desk.get(f"/personale/foto/{name}-400.webp").status_code == 404


def test_a_photo_whose_file_is_gone_is_not_here(desk: FlaskClient, bench: int, settings: Settings) -> None:
    name = approved(desk, bench)
    (settings.photos_dir / f"{name}-400.webp").unlink()
    assert desk.application.test_client().get(f"/foto/{name}-400.webp").status_code == 404
    assert desk.get(f"{PAGE}/{bench}").status_code == 200


def test_what_is_not_a_photo_is_refused(desk: FlaskClient, bench: int, settings: Settings) -> None:
    nothing = desk.post(f"{PAGE}/{bench}/billeder", data={"alt_text": ""})
    assert nothing.status_code == 422
    assert "Vælg et billede først." in nothing.text
    wrong = {"photo": (io.BytesIO(b"<svg onload=x>"), "x.jpg"), "alt_text": "Bænken bagfra"}
    page = desk.post(f"{PAGE}/{bench}/billeder", data=wrong)
    assert page.status_code == 422
    assert "ikke et billede" in page.text
    assert "Bænken bagfra" in page.text
    assert not settings.photos_dir.exists()


@pytest.mark.parametrize(("size", "status"), [(images.MOST_BYTES + 10, 422), (17 * 1024 * 1024, 413)])
def test_too_large_a_file_is_asked_for_again_on_the_same_page(
    desk: FlaskClient, bench: int, size: int, status: int
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="x.jpg"\r\n\r\n'
    body, kind = head + bytes(size) + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
    answer = desk.post(f"{PAGE}/{bench}/billeder", data=body, content_type=kind)
    assert answer.status_code == status
    assert "Det må højst fylde 15 MB" in answer.text
    assert 'type="file"' in answer.text


def test_a_thing_has_twenty_photos_at_most(desk: FlaskClient, bench: int, settings: Settings) -> None:
    with db.transaction() as session:
        item = queries.item_to_change(session, bench)
        assert item is not None
        for number in range(actions.MOST_PHOTOS):
            kept = images.Photo(f"photo{number}", 8, 6)
            actions.add_photo(session, item, kept, alt_text="", now=factories.NOW, by_staff_id=None)
    answer = desk.post(f"{PAGE}/{bench}/billeder", data={"photo": (photos.jpeg(), "x.jpg")})
    assert answer.status_code == 422
    assert "Der er allerede 20 billeder" in answer.text
    assert list(settings.photos_dir.iterdir()) == []


@pytest.mark.parametrize(
    "file", ["x", "../secret-400.webp", "a-401.webp", "a-400.png", "a-400.webp.exe", "%2e%2e-400.jpg", "a-400.webp%0a"]
)
def test_only_photos_are_served(client: FlaskClient, file: str, settings: Settings) -> None:
    Path(settings.data_dir / "secret-400.webp").write_bytes(b"secret")
    assert client.get(f"/foto/{file}").status_code == 404


def test_a_photo_belongs_to_its_own_thing(desk: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        other = factories.item(session).number
    name = upload(desk, bench)
    data = {"nobody": "y", "words": "x", "way": "frem", "position": "1"}
    for deed in ("fjern", "godkend", "skjul", "tekst", "flyt"):
        assert desk.post(f"{PAGE}/{other}/billeder/{name}/{deed}", data=data).status_code == 404
        assert desk.post(f"{PAGE}/{bench}/billeder/nobodys/{deed}", data=data).status_code == 404


def test_consultants_see_photos_and_change_none(client: FlaskClient, desk: FlaskClient, bench: int) -> None:
    name = upload(desk, bench)
    other = desk.application.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(other, Role.CONSULTANT)
    page = other.get(f"{PAGE}/{bench}").text
    assert name in page
    for words in ("Flyt", "Gem teksten", "Vis det for kunder", "Fjern billedet", "Gem billedet"):
        assert f">{words}" not in page
    data = {"nobody": "y", "words": "x", "way": "frem", "position": "1"}
    for deed in ("fjern", "godkend", "skjul", "tekst", "flyt"):
        assert other.post(f"{PAGE}/{bench}/billeder/{name}/{deed}", data=data).status_code == 403


def test_the_shop_offers_every_kind_with_true_widths(desk: FlaskClient, bench: int) -> None:
    name = approved(desk, bench, "Bænken “forfra” <nær>")
    page = desk.application.test_client().get(f"/vare/{bench}-havebaenk-i-laerk").text
    sizes = ", ".join(f"/foto/{name}-{size}.avif {width}w" for size, width in ((400, 400), (800, 800), (1600, 900)))
    assert f'type="image/avif" srcset="{sizes}"' in page
    assert f'type="image/webp" srcset="/foto/{name}-400.webp 400w' in page
    assert f'src="/foto/{name}-800.jpg"' in page
    assert 'alt="Bænken “forfra” &lt;nær&gt;" width="900" height="600"' in page


def test_a_photo_from_before_avif_is_offered_without_it(desk: FlaskClient, bench: int) -> None:
    name = approved(desk, bench)
    with db.transaction() as session:
        session.execute(sa.update(ItemPhoto).values(has_avif=False))
        session.get_one(Item, row(name).item_id).description = "Ny tekst"  # the page is made anew
    page = desk.application.test_client().get(f"/vare/{bench}-havebaenk-i-laerk").text
    assert "image/avif" not in page
    assert f"/foto/{name}-400.webp 400w" in page


def keep_and_fail(bench: int, settings: Settings, *, at: str) -> None:
    """Keep a photo with its row, and let something break inside the block or right after it."""
    with actions.stored(photos.jpeg(), photo_store.of(settings)) as kept:
        with db.transaction() as session:
            item = queries.item_to_change(session, bench)
            assert item is not None
            actions.add_photo(session, item, kept, alt_text="", now=factories.NOW, by_staff_id=None)
            assert len(list(settings.photos_dir.iterdir())) == 9, "they are there while the block runs"
            if at == "inside":
                raise ZeroDivisionError
        raise ZeroDivisionError


@pytest.mark.parametrize(("at", "files"), [("inside", 0), ("after", 9)])
def test_files_go_when_their_row_is_not_kept_and_stay_when_it_is(
    app: Flask, bench: int, settings: Settings, at: str, files: int
) -> None:
    with pytest.raises(ZeroDivisionError):
        keep_and_fail(bench, settings, at=at)
    assert len(list(settings.photos_dir.iterdir())) == files


def test_a_sold_thing_keeps_its_photos(desk: FlaskClient, bench: int) -> None:
    name = approved(desk, bench)
    with db.transaction() as session:
        session.execute(sa.update(Item).values(state=ItemState.SOLD, quantity=0))
    assert desk.application.test_client().get(f"/foto/{name}-400.jpg").status_code == 200
