"""What is uploaded is never what is kept."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

import pytest
from PIL import Image
from support import photos
from support.photos import MARKER

from workshop.core import images
from workshop.core.errors import Refusal
from workshop.core.photo_store import Folder, Unreachable

pytestmark = pytest.mark.once


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def photo(size: tuple[int, int] = (2000, 1000), *, kind: str = "JPEG", mode: str = "RGB", **more: object) -> io.BytesIO:
    body = io.BytesIO()
    Image.new("RGB", size, "saddlebrown").convert(mode).save(body, kind, **more)
    body.seek(0)
    return body


def kept_files(folder: Path, photo: images.Photo, kind: str = "*") -> list[Path]:
    return sorted(folder.glob(f"{photo.name}-*.{kind}"))


def test_a_photo_is_kept_in_three_widths_and_three_kinds(tmp_path: Path, folder: Folder) -> None:
    kept = images.store(photo(), folder)
    assert (kept.width, kept.height) == (1600, 800)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(images.files_of(kept.name))
    formats = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}
    for width in (400, 800, 1600):
        for kind, name in formats.items():
            with Image.open(tmp_path / f"{kept.name}-{width}.{kind}") as picture:
                assert (picture.format, picture.size) == (name, (width, width // 2))


def test_a_small_photo_is_not_blown_up(tmp_path: Path, folder: Folder) -> None:
    kept = images.store(photo((300, 200)), folder)
    assert (kept.width, kept.height) == (300, 200)
    with Image.open(tmp_path / f"{kept.name}-1600.webp") as picture:
        assert picture.size == (300, 200)


TELLING = {
    "jpeg": photos.telling_jpeg,
    "png": photos.telling_png,
    "webp": lambda: photos.telling("WEBP"),
    "avif": lambda: photos.telling("AVIF"),
}


@pytest.mark.parametrize("kind", TELLING)
def test_nothing_the_camera_wrote_is_kept_in_any_kind(tmp_path: Path, folder: Folder, kind: str) -> None:
    upload = TELLING[kind]()
    assert upload.count(MARKER.encode()) > 3, "the marker is planted, so that its absence means something"
    kept = images.store(io.BytesIO(upload), folder)
    files = kept_files(tmp_path, kept)
    assert len(files) == 9
    for file in files:
        body = file.read_bytes()
        for trace in (MARKER.encode(), MARKER.encode("utf-16-le"), b"Exif", b"xmpmeta", b"ICC_PROFILE", b"<script"):
            assert trace not in body, (file.suffix, trace)
        with Image.open(file) as picture:
            picture.load()
            assert not picture.getexif()
            assert {"exif", "xmp", "icc_profile", "comment", "photoshop"} & picture.info.keys() == set()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_however_the_camera_was_held(
    tmp_path: Path, folder: Folder, orientation: int
) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = photos.picture((640, 480))
    if orientation in turns:
        lying = lying.transpose(turns[orientation])
    body = io.BytesIO()
    lying.save(body, "JPEG", exif=photos.exif(orientation), quality=95)
    kept = images.store(io.BytesIO(body.getvalue()), folder)
    assert (kept.width, kept.height) == (640, 480)
    for kind in ("avif", "webp", "jpg"):
        with Image.open(tmp_path / f"{kept.name}-800.{kind}") as picture:
            corners = [picture.convert("RGB").getpixel(at) for at in ((80, 80), (560, 80), (560, 400), (80, 400))]
        for found, hoped in zip(corners, [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)], strict=True):
            assert all(abs(have - want) < 40 for have, want in zip(found, hoped, strict=True)), (kind, corners)


def test_nonsense_about_how_the_camera_was_held_is_not_believed(folder: Folder) -> None:
    upload = photo((200, 100), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x07" * 40)
    assert images.store(upload, folder).width == 200


def test_colours_of_a_wide_profile_are_brought_home_and_a_broken_one_is_left_out(folder: Folder) -> None:
    assert images.store(photo((300, 200), icc_profile=b"not a profile"), folder).width == 300
    assert images.store(photo((300, 200), icc_profile=photos.profile()), folder).width == 300
    cmyk = io.BytesIO()
    Image.new("CMYK", (300, 200), (0, 255, 255, 0)).save(cmyk, "JPEG", icc_profile=photos.profile())
    assert images.store(io.BytesIO(cmyk.getvalue()), folder).width == 300  # a profile of other colours than the photo


def sixteen_bits() -> io.BytesIO:
    body = io.BytesIO()
    Image.new("I;16", (300, 200), 32_768).save(body, "PNG")
    body.seek(0)
    return body


def moving(kind: str) -> io.BytesIO:
    body = io.BytesIO()
    first, *others = (Image.new("RGB", (300, 200), colour) for colour in ("red", "lime", "blue"))
    first.save(body, kind, save_all=True, append_images=others, duration=100)
    body.seek(0)
    return body


ODD = {
    "grey": lambda: photo((300, 200), mode="L"),
    "one bit": lambda: photo((300, 200), kind="PNG", mode="1"),
    "palette": lambda: photo((300, 200), kind="PNG", mode="P"),
    "palette with a clear colour": lambda: photo((300, 200), kind="PNG", mode="P", transparency=0),
    "see-through": lambda: photo((300, 200), kind="PNG", mode="RGBA"),
    "grey and see-through": lambda: photo((300, 200), kind="PNG", mode="LA"),
    "print colours": lambda: photo((300, 200), mode="CMYK"),
    "16 bits": sixteen_bits,
    "moving webp": lambda: moving("WEBP"),
    "moving avif": lambda: moving("AVIF"),
    "moving png": lambda: moving("PNG"),
    "two photos in one": lambda: moving("MPO"),  # what telephones write beside a plain JPEG
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_photos_are_kept_as_plain_still_ones(tmp_path: Path, folder: Folder, kind: str) -> None:
    kept = images.store(ODD[kind](), folder)
    for file in kept_files(tmp_path, kept):
        with Image.open(file) as picture:
            assert (picture.mode, picture.size, getattr(picture, "n_frames", 1)) == ("RGB", (300, 200), 1)


def test_what_is_see_through_stands_on_white_and_16_bits_keep_their_light(tmp_path: Path, folder: Folder) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (300, 200), (200, 0, 0, 0)).save(clear, "PNG")
    for upload, light in ((io.BytesIO(clear.getvalue()), 255), (sixteen_bits(), 128)):
        kept = images.store(upload, folder)
        with Image.open(tmp_path / f"{kept.name}-400.jpg") as picture:
            assert abs(picture.getpixel((150, 100))[0] - light) <= 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff\xe0",
        b"%PDF-1.7 \xff\xd8\xff\xe0",
        b"PK\x03\x04" + b"\0" * 60,
        b"RIFF\x10\0\0\0WEBPVP8 \0\0\0\0",
        b"\0\0\0\x1cftypavif" + b"\0" * 200,
        b"\0\0\0\x18ftypheic" + b"\0" * 200,
        b"II*\0" + b"\0" * 100,
    ],
)
def test_what_is_not_a_photo_gets_a_sentence(tmp_path: Path, folder: Folder, body: bytes) -> None:
    with pytest.raises(Refusal, match="ikke et billede"):
        images.store(io.BytesIO(body), folder)
    assert list(tmp_path.iterdir()) == []


def test_a_photo_that_is_a_page_too_is_kept_as_a_photo_only(tmp_path: Path, folder: Folder) -> None:
    two = photo((300, 200), comment=b"<html><script>alert(1)</script>").getvalue() + b"PK\x03\x04<?php evil() ?>"
    kept = images.store(io.BytesIO(two), folder)
    for file in kept_files(tmp_path, kept):
        assert b"script" not in file.read_bytes()
        assert b"php" not in file.read_bytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_cut_off_photo_gets_a_sentence(tmp_path: Path, folder: Folder, kind: str) -> None:
    noisy = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(noisy, kind)
    whole = noisy.getvalue()
    for share in (0.02, 0.5, 0.9):
        with pytest.raises(Refusal, match="ikke et billede"):
            images.store(io.BytesIO(whole[: int(len(whole) * share)]), folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_damaged_photo_is_kept_or_refused_and_nothing_else(folder: Folder, kind: str) -> None:
    body = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(body, kind, exif=photos.exif().tobytes())
    whole, dice = body.getvalue(), random.Random(kind)
    refused = 0
    for _round in range(120):
        hurt = bytearray(whole)
        for _byte in range(dice.randint(1, 12)):
            hurt[dice.randrange(len(hurt) if dice.random() < 0.5 else 300)] = dice.randrange(256)
        try:
            images.store(io.BytesIO(bytes(hurt)), folder)
        except Refusal:
            refused += 1
    assert refused > 0


def bomb(side: int) -> io.BytesIO:
    """A PNG of a few kilobytes that would unpack to side x side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" * (side // 8 + 2)) * min(side, 13_000), 9)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [4_001, 13_000, 60_000])
def test_a_small_file_with_too_many_pixels_is_refused_before_it_is_opened(
    tmp_path: Path, folder: Folder, side: int
) -> None:
    planted = bomb(side)
    assert len(planted.getvalue()) < 200_000
    with pytest.raises(Refusal, match="billedpunkter"):
        images.store(planted, folder)
    assert list(tmp_path.iterdir()) == []


def test_a_jpeg_may_have_more_pixels_for_it_is_never_decoded_whole(folder: Folder) -> None:
    assert images.store(photo((5_000, 4_900)), folder).width == 1600
    with pytest.raises(Refusal, match="billedpunkter"):
        images.store(photo((5_001, 5_000)), folder)


def test_a_strip_of_one_line_is_refused_too(folder: Folder) -> None:
    with pytest.raises(Refusal, match="billedpunkter"):
        images.store(photo((30_000, 1), kind="PNG"), folder)
    assert images.store(photo((15_000, 1), kind="PNG"), folder).width == 1600


def test_the_same_file_in_a_fair_size_is_a_photo(folder: Folder) -> None:
    assert images.store(bomb(800), folder).width == 800


def test_a_file_over_15_mb_is_refused(folder: Folder) -> None:
    with pytest.raises(Refusal, match="15 MB"):
        images.store(io.BytesIO(b"x" * (images.MOST_BYTES + 1)), folder)


class Full(Folder):
    """A folder that has room for five files."""

    def put(self, name: str, body: bytes) -> None:
        if len(list(self.files())) >= 5:
            raise Unreachable("full")
        super().put(name, body)


def test_a_store_that_fills_up_on_the_way_keeps_nothing_of_the_photo(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        images.store(photo(), Full(tmp_path))
    assert list(tmp_path.iterdir()) == []
