"""Photos as telephones take them: with a place, a name and a thumbnail written into every corner."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

MARKER = "Kanariefugl"
NORTH, EAST = ((55.0, 59.0, 12.0), (12.0, 11.0, 48.0))


def picture(size: tuple[int, int] = (900, 600), colour: str = "peru") -> Image.Image:
    """A picture whose corners differ, so that a turn shows: red, green, blue, white, clockwise from the top left."""
    made = Image.new("RGB", size, colour)
    width, height = size
    half = (width // 2, height // 2)
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, 0, half[0], half[1]), "red")
    pen.rectangle((half[0], 0, width, half[1]), "lime")
    pen.rectangle((half[0], half[1], width, height), "blue")
    pen.rectangle((0, half[1], half[0], height), "white")
    return made


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes: who, where, and how it was held."""
    made = Image.Exif()
    made[0x0112] = orientation
    for tag in (0x010E, 0x010F, 0x0110, 0x013B, 0x8298):  # description, maker, model, artist, copyright
        made[tag] = MARKER
    made[0x9C9B] = MARKER.encode("utf-16-le")  # what Windows calls the title
    place = made.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", NORTH, "E", EAST
    place[29] = MARKER
    detail = made.get_ifd(0x8769)
    detail[0x9286] = b"ASCII\0\0\0" + MARKER.encode()  # a comment
    detail[0x927C] = MARKER.encode() * 3  # whatever the maker liked
    return made


def xmp() -> bytes:
    """The same again, as XML."""
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc>{MARKER}</dc><GPS>55,59.2N</GPS></x:xmpmeta>".encode()


def profile() -> bytes:
    """A colour profile with the marker in its text."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARKER.encode()


def telling_jpeg(size: tuple[int, int] = (900, 600)) -> bytes:
    """A JPEG with the marker in EXIF, GPS, XMP, profile, comment, Photoshop's block, a thumbnail, and after its end."""
    body = io.BytesIO()
    more = {"exif": exif(), "xmp": xmp(), "icc_profile": profile(), "comment": MARKER}
    picture(size).save(body, "JPEG", **more)
    whole = body.getvalue()
    blocks = b"Photoshop 3.0\08BIM\x04\x04\0\0" + struct.pack(">I", len(MARKER)) + MARKER.encode()
    planted = b"\xff\xed" + struct.pack(">H", len(blocks) + 2) + blocks
    return whole[:2] + planted + whole[2:] + MARKER.encode() + b"<script>alert(1)</script>"


def telling_png() -> bytes:
    """A PNG with the marker in every kind of text it can carry."""
    words = PngInfo()
    words.add_text("Author", MARKER)
    words.add_text("Comment", MARKER, zip=True)
    words.add_itxt("XML:com.adobe.xmp", xmp().decode())
    body = io.BytesIO()
    picture().save(body, "PNG", pnginfo=words, exif=exif(), icc_profile=profile())
    return body.getvalue() + MARKER.encode()


def telling(kind: str) -> bytes:
    """A WebP or AVIF with the marker in what it can carry."""
    body = io.BytesIO()
    picture().save(body, kind, exif=exif().tobytes(), xmp=xmp(), icc_profile=profile())
    return body.getvalue()


def jpeg(size: tuple[int, int] = (900, 600), **more: object) -> io.BytesIO:
    """A plain JPEG, ready to upload."""
    body = io.BytesIO()
    picture(size).save(body, "JPEG", **more)
    body.seek(0)
    return body
