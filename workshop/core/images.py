"""Photos. What is uploaded is never served: it is decoded, turned upright, shrunk and written anew without metadata."""

from __future__ import annotations

import io
import secrets
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import structlog

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.photo_store import PhotoStore, Unreachable

if TYPE_CHECKING:  # loaded by the first upload: most processes never open a photo
    from PIL import Image

log = structlog.get_logger()
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 25_000_000  # a 13,000 x 13,000 PNG of 20 kB would take 800 MB to open
MOST_PIXELS_UNSHRUNK = 16_000_000  # only a JPEG can be decoded smaller; the others stand in memory whole, twice
LONGEST_SIDE = 20_000  # a strip one pixel high shrinks to nothing
READABLE = ("JPEG", "PNG", "WEBP", "AVIF")
WIDTHS = (1600, 800, 400)  # each is made from the one before it
# How each kind is written. AVIF at speed 9 takes a sixth of the time of speed 8 and is not larger; see the benchmark.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 60, "speed": 9, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
}
_ORIENTATION = 0x0112
LARGEST_PROFILE = 1024 * 1024
# All that the readers are known to raise at a file made to hurt them.
_BROKEN: tuple[type[Exception], ...] = (
    *(OSError, ValueError, SyntaxError, EOFError, RuntimeError, struct.error, zlib.error),
    *(ArithmeticError, AttributeError, LookupError, MemoryError, TypeError),
)


@dataclass(frozen=True)
class Photo:
    """A stored photo: a random name and its largest size in pixels."""

    name: str
    width: int
    height: int


def store(upload: IO[bytes], photos: PhotoStore) -> Photo:
    """Keep a photo in three widths and three kinds; nothing of the original bytes survives.

    Raises Refusal with a sentence for what is not a photo, too large a file, or too many pixels; Unreachable when the
    store is. Nothing is left behind then.
    """
    body = upload.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refusal(_("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre."))
    picture = _opened(body)
    kept = Photo(secrets.token_urlsafe(16), *picture.size)
    written: list[str] = []
    try:
        for width in WIDTHS:
            picture.thumbnail((width, width))
            for kind in KINDS:
                written.append(f"{kept.name}-{width}.{kind}")
                photos.put(written[-1], _written(picture, kind))
    except BaseException:
        remove(written, photos)
        raise
    return kept


def files_of(name: str) -> list[str]:
    """What a photo is kept as."""
    return [f"{name}-{width}.{kind}" for width in WIDTHS for kind in KINDS]


def remove(files: list[str], photos: PhotoStore) -> None:
    """Take files away, as far as the store answers; what is left is nobody's, and the check of the photos finds it."""
    try:
        for file in files:
            photos.delete(file)
    except Unreachable:
        log.warning("photo files left behind", files=len(files))


def _written(picture: Image.Image, kind: str) -> bytes:
    body = io.BytesIO()
    name, options = KINDS[kind]
    picture.save(body, name, **options)
    return body.getvalue()


def _opened(body: bytes) -> Image.Image:
    """The picture, upright and in plain colours; its size is checked before a pixel is decoded."""
    from PIL import Image

    not_a_photo = _("Filen er ikke et billede, vi kan åbne. Vælg et billede fra kameraet (JPEG, PNG eller WebP).")
    too_large = _("Billedet har for mange billedpunkter. Tag det om i en mindre størrelse.")
    Image.init()  # loads the readers once; without it the rarer formats are unknown
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about bombs and broken metadata: we check the size ourselves, below
            picture = Image.open(io.BytesIO(body), formats=READABLE)
            most = MOST_PIXELS if picture.format in {"JPEG", "MPO"} else MOST_PIXELS_UNSHRUNK
            if picture.width * picture.height > most or max(picture.size) > LONGEST_SIDE:
                raise Refusal(too_large)
            profile = picture.info.get("icc_profile")
            seen = _plain(picture)
            seen.thumbnail((WIDTHS[0], WIDTHS[0]))  # a large JPEG is decoded in half its size or less, which is quick
            return _clean(_upright(seen), profile)
    except Image.DecompressionBombError as problem:
        raise Refusal(too_large) from problem
    except _BROKEN as problem:
        raise Refusal(not_a_photo) from problem


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in colours that can be shrunk: palettes and single bits cannot, nor can 16 bits a point."""
    if picture.mode in {"RGB", "RGBA", "L", "CMYK", "YCbCr"}:
        return picture
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda light: light * (1 / 256)).convert("L")
    return picture.convert("RGBA")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held; a camera that wrote nonsense about it is not believed."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        turn = turns.get(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _clean(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Nothing but points, on white, in the colours browsers take for granted: telephones use wider ones."""
    from PIL import Image, ImageCms

    clean = Image.new("RGB", picture.size, "white")
    if picture.mode == "RGBA":
        clean.paste(picture, mask=picture.getchannel("A"))
        picture = clean
    if profile and len(profile) <= LARGEST_PROFILE:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ours = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, ours, outputMode="RGB") or picture
        except ImageCms.PyCMSError:
            log.info("colour profile not understood")  # the colours are taken as they stand
        except _BROKEN:
            log.info("colour profile broken")
    clean.paste(picture.convert("RGB"))
    return clean
