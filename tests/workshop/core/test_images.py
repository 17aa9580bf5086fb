"""What is uploaded is never what is kept."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from workshop.core import images
from workshop.core.errors import Refusal

pytestmark = pytest.mark.once


def photo(size: tuple[int, int] = (2000, 1000), *, kind: str = "JPEG", **more: object) -> io.BytesIO:
    body = io.BytesIO()
    Image.new("RGB", size, "saddlebrown").save(body, kind, **more)
    body.seek(0)
    return body


def test_a_photo_is_kept_in_three_widths_without_its_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-description"
    exif.get_ifd(0x8825)[2] = (55.0, 40.0, 0.0)
    kept = images.store(photo(exif=exif), tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2 * len(images.WIDTHS)
    for file in files:
        assert b"CANARY" not in file.read_bytes()
        with Image.open(file) as picture:
            assert not picture.getexif()
            assert max(picture.size) <= 1600
    assert (kept.width, kept.height) == (1600, 800)


def test_a_photo_held_sideways_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = images.store(photo((200, 100), exif=exif), tmp_path)
    assert (kept.width, kept.height) == (100, 200)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_not_a_photo_gets_a_sentence(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(Refusal, match="ikke et billede"):
        images.store(io.BytesIO(body), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_off_photo_gets_a_sentence(tmp_path: Path) -> None:
    whole = photo().getvalue()
    with pytest.raises(Refusal, match="ikke et billede"):
        images.store(io.BytesIO(whole[: len(whole) // 2]), tmp_path)


def bomb(side: int) -> io.BytesIO:
    """A PNG of a few kilobytes that would unpack to side x side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" * (side // 8 + 2)) * side, 9)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_a_small_file_with_13000_by_13000_pixels_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    planted = bomb(13_000)
    assert len(planted.getvalue()) < 200_000
    with pytest.raises(Refusal, match="billedpunkter"):
        images.store(planted, tmp_path)


def test_the_same_file_in_a_fair_size_is_a_photo(tmp_path: Path) -> None:
    assert images.store(bomb(800), tmp_path).width == 800


def test_a_file_over_15_mb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="15 MB"):
        images.store(io.BytesIO(b"x" * (images.MOST_BYTES + 1)), tmp_path)
