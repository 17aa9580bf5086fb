"""Two hundred files nobody should send: bombs, two things in one, lies about the kind, places of a camera, odd names.

Each is made when it is asked for, from its place in the list, so a part of them costs a part of the time.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

from PIL import Image

from tests.support import photos

HOW_MANY = 200
JPEG, PNG, SVG = "image/jpeg", "image/png", "image/svg+xml"
KINDS = ("JPEG", "PNG", "WEBP", "AVIF")
SCRIPT = b"<script>alert(1)</script>"
SVGS = (
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='http://127.0.0.1:9/x'/></svg>",
    b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'aaaaaaaaaa'>" + b"<!ENTITY b '&a;&a;&a;&a;'>]><svg>&b;</svg>",
    b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg'><foreignObject><iframe/></foreignObject></svg>",
)
NAMES = (
    "../../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "C:\\temp\\x.jpg", "x.jpg/.php", "x.php.jpg",
    "x.jpg.html", ".htaccess", "CON", "x" * 4_000 + ".jpg", "\u202egpj.exe", "æøå Ærø.jpg", "a\nSet-Cookie: x=1.jpg",
    'a"; filename="b.html', "%2e%2e%2fetc%2fpasswd", "; rm -rf $HOME;.jpg", "{{7*7}}.jpg", "=1+1.jpg", "🪑.jpg", " ",
)  # fmt: skip
LIES = (
    ("text/html", "a.html"), ("application/javascript", "a.js"), (SVG, "a.svg"), ("application/pdf", "a.pdf"),
    ("application/x-php", "a.php"), ("", "a"), ("image/jpeg; charset=utf-7", "a.jpg"), ("x" * 500, "a.jpg"),
)  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A file as somebody sends it: what it is, the name and the kind it claims, and its bytes."""

    what: str
    name: str
    kind: str
    make: Callable[[], bytes]


def corpus(seed: int) -> list[Upload]:
    """All two hundred; the last of them are photos damaged at random."""
    found = [*_bombs(), *_two_in_one(), *_no_photos(), *_cut_off(), *_lies(), *_places(), *_odd()]
    whole = HOW_MANY - len(found)
    return [*found, *(Upload(f"damaged {n}", "d.jpg", JPEG, partial(_damaged, seed + n)) for n in range(whole))]


def some(seed: int, share: float) -> list[Upload]:
    """An even share of them, another for another seed."""
    every = corpus(seed)
    step = max(1, round(1 / share))
    return every[seed % step :: step]


def encoded(kind: str = "JPEG", size: tuple[int, int] = (320, 240), **more: Any) -> bytes:
    """A plain picture in this kind."""
    body = io.BytesIO()
    photos.picture(size).save(body, kind, **more)
    return body.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def png_bomb(side: int) -> bytes:
    """A small PNG that would unpack to side x side pixels."""
    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress((b"\0" * (side // 8 + 2)) * min(side, 13_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def text_bomb(kind: bytes) -> bytes:
    """A PNG whose text unpacks to fifty million letters."""
    packed = zlib.compress(b"a" * 50_000_000, 9)
    whole = encoded("PNG")
    return whole[:33] + chunk(kind, b"Comment\0\0" + packed) + whole[33:]


def long_gif(frames: int) -> bytes:
    """A GIF of so many frames of one point each."""
    frame = b"!\xf9\x04\0\x01\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def moving_png(frames: int) -> bytes:
    """A PNG that says it has so many frames."""
    whole = encoded("PNG", (16, 16))
    control = struct.pack(">II", frames, 0)
    frame = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 16, 16, 0, 0, 1, 100, 0, 0)) for n in range(0, frames, 2)
    )
    return whole[:33] + chunk(b"acTL", control) + frame + whole[33:]


def wide_jpeg(width: int, height: int) -> bytes:
    """A JPEG whose header lies about its size."""
    whole = bytearray(encoded())
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def zip_bomb() -> bytes:
    """A spreadsheet whose sheet unpacks to sixty million zeros."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return body.getvalue()


def laughing_sheet() -> bytes:
    """A spreadsheet whose XML defines entities of entities."""
    laugh = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(9))
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", f"<!DOCTYPE x [{laugh}]><worksheet>&l8;</worksheet>")
        packed.writestr("../../escaped.txt", "outside")
    return body.getvalue()


def _bombs() -> Iterator[Upload]:
    for side in (4_001, 9_000, 13_000, 20_001, 60_000):
        yield Upload(f"png of {side} squared", "b.png", PNG, partial(png_bomb, side))
    for kind in (b"zTXt", b"iCCP"):
        yield Upload(f"png with a bomb in {kind.decode()}", "b.png", PNG, partial(text_bomb, kind))
    for frames in (100, 10_000):
        yield Upload(f"gif of {frames} frames", "b.gif", "image/gif", partial(long_gif, frames))
        yield Upload(f"moving png of {frames} frames", "b.png", PNG, partial(moving_png, frames))
    for width, height in ((65_500, 65_500), (30_000, 2), (0, 0), (5_001, 5_000)):
        yield Upload(f"jpeg that says {width} x {height}", "b.jpg", JPEG, partial(wide_jpeg, width, height))
    yield Upload("spreadsheet bomb", "b.xlsx", "application/zip", zip_bomb)
    yield Upload("laughing spreadsheet", "l.xlsx", "application/zip", laughing_sheet)
    yield Upload("fifteen megabytes and one", "b.jpg", JPEG, lambda: b"\xff\xd8\xff\xe0" + b"\0" * (15 * 1024 * 1024))
    yield Upload("fourteen megabytes behind a photo", "b.jpg", JPEG, lambda: encoded() + b"\0" * (14 * 1024 * 1024))


def _two_in_one() -> Iterator[Upload]:
    behind = {
        "a page": b"<html>" + SCRIPT,
        "an archive": zip_bomb,
        "a program": b"#!/bin/sh\nid",
        "php": b"<?php evil() ?>",
    }
    for kind, (what, more) in product(KINDS, behind.items()):

        def both(kind: str = kind, more: Any = more) -> bytes:
            return encoded(kind) + (more if isinstance(more, bytes) else more())

        yield Upload(f"{kind} and {what}", "p.jpg", JPEG, both)
    yield Upload("script in a comment", "p.jpg", JPEG, lambda: encoded(comment=SCRIPT))
    yield Upload("script in the profile", "p.jpg", JPEG, lambda: encoded(icc_profile=SCRIPT * 20))
    yield Upload("pdf before a photo", "p.pdf", JPEG, lambda: b"%PDF-1.7\n" + encoded())
    yield Upload("page before a photo", "p.jpg", "text/html", lambda: b"<html>" + SCRIPT + encoded())
    yield Upload("script that is a gif", "p.gif", "image/gif", lambda: b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)//;")


def _no_photos() -> Iterator[Upload]:
    for place, body in enumerate(SVGS):
        yield Upload(f"svg {place}", "s.svg", SVG, partial(bytes, body))
        yield Upload(f"svg {place} that says it is a photo", "s.jpg", JPEG, partial(bytes, body))
    yield Upload("packed svg", "s.svgz", SVG, lambda: gzip.compress(SVGS[0]))
    for brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif", b"avis", b"crx ", b"qt  "):
        head = b"\0\0\0\x1cftyp" + brand + b"\0\0\0\0mif1heic"
        yield Upload(
            f"a box that says {brand.decode()}", "IMG_1.HEIC", "image/heic", partial(bytes, head + b"\0" * 400)
        )
    heads = (b"", b"\0", b"\xff\xd8\xff", b"BM" + b"\xff" * 60, b"II*\0" + b"\xff" * 90, b"MM\0*" + b"\xff" * 90,
             b"\0\0\x01\0" + b"\xff" * 60, b"8BPS\0\x01" + b"\xff" * 60, b"RIFF\xff\xff\xff\xffWEBPVP8X" + b"\xff" * 60,
             b"\0\0\0\x0cjP  \r\n\x87\n" + b"\xff" * 60, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
             b"P6\n99999 99999\n255\n", b"#define x_width 9\n", b"v=1;a,b\n")  # fmt: skip
    for place, body in enumerate(heads):
        yield Upload(f"no photo {place}", "n.jpg", JPEG, partial(bytes, body))


def _cut_off() -> Iterator[Upload]:
    for kind, share in product(KINDS, (0.01, 0.1, 0.3, 0.5, 0.9, 0.99)):

        def cut(kind: str = kind, share: float = share) -> bytes:
            whole = encoded(kind)
            return whole[: int(len(whole) * share)]

        yield Upload(f"{kind} cut off at {share}", "c.jpg", JPEG, cut)


def _lies() -> Iterator[Upload]:
    for name in NAMES:
        yield Upload(f"a photo called {name[:20]!r}", name, JPEG, photos.telling_jpeg)
    for kind, name in LIES:
        yield Upload(f"a photo that says {kind[:20]!r}", name, kind, encoded)
        yield Upload(f"a page that says {kind[:20]!r}", name, kind, lambda: b"<html>" + SCRIPT)


def _places() -> Iterator[Upload]:
    yield Upload("telling jpeg", "g.jpg", JPEG, photos.telling_jpeg)
    yield Upload("telling png", "g.png", PNG, photos.telling_png)
    for kind in ("WEBP", "AVIF"):
        yield Upload(f"telling {kind}", "g.webp", "image/webp", partial(photos.telling, kind))
    for turn in range(9):
        yield Upload(f"telling jpeg held {turn}", "g.jpg", JPEG, partial(_held, turn))
    yield Upload("nonsense about the camera", "g.jpg", JPEG, lambda: encoded(exif=b"Exif\0\0MM\0*" + b"\xff" * 60))


def _odd() -> Iterator[Upload]:
    for mode in ("L", "1", "P", "RGBA", "LA", "I;16"):
        yield Upload(f"png in {mode}", "o.png", PNG, partial(_in_mode, "PNG", mode))
    yield Upload("jpeg in print colours", "o.jpg", JPEG, partial(_in_mode, "JPEG", "CMYK"))
    for size in ((1, 1), (20_000, 1), (1, 20_000), (3_999, 4_000)):
        yield Upload(f"png of {size}", "o.png", PNG, partial(_in_mode, "PNG", "L", size))


def _held(turn: int) -> bytes:
    return encoded(exif=photos.exif(turn))


def _in_mode(kind: str, mode: str, size: tuple[int, int] = (300, 200)) -> bytes:
    body = io.BytesIO()
    made = Image.new("I;16", size, 9_000) if mode == "I;16" else Image.new("RGB", size, "tan").convert(mode)
    made.save(body, kind)
    return body.getvalue()


def _damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    kind = chance.choice(KINDS)
    hurt = bytearray(encoded(kind, (120, 80), exif=photos.exif().tobytes()))
    for _byte in range(chance.randint(1, 20)):
        hurt[chance.randrange(len(hurt) if chance.random() < 0.6 else 300)] = chance.randrange(256)
    return bytes(hurt)
