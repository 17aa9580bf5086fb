"""Photos. What is uploaded is never served: it is decoded, turned upright, shrunk and written anew without metadata."""

from __future__ import annotations

import io
import secrets
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from workshop.core.errors import Refusal
from workshop.core.i18n import _

if TYPE_CHECKING:  # loaded by the first upload: most processes never open a photo
    from PIL import Image

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 25_000_000  # a 13,000 x 13,000 PNG of 20 kB would take 800 MB to open
READABLE = ("JPEG", "PNG", "WEBP", "AVIF")
WIDTHS = (400, 800, 1600)


@dataclass(frozen=True)
class Photo:
    """A stored photo: a random name and its largest size in pixels."""

    name: str
    width: int
    height: int


def store(upload: IO[bytes], folder: Path) -> Photo:
    """Keep a photo in three widths as WebP and JPEG; nothing of the original bytes survives.

    Raises Refusal with a sentence for what is not a photo, too large a file, or too many pixels.
    """
    body = upload.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Refusal(_("Billedet fylder for meget. Det må højst fylde 15 MB. Tag det om, eller gør det mindre."))
    picture = _opened(body)
    name = secrets.token_urlsafe(16)
    folder.mkdir(parents=True, exist_ok=True)
    width, height = picture.size
    for target in WIDTHS:
        copy = picture.copy()
        copy.thumbnail((target, target))
        copy.save(folder / f"{name}-{target}.webp", quality=80, method=4)
        copy.save(folder / f"{name}-{target}.jpg", quality=82, optimize=True)
        width, height = copy.size
    return Photo(name, width, height)


def _opened(body: bytes) -> Image.Image:
    """The picture, upright and in plain colours; its size is checked before a pixel is decoded."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    not_a_photo = _("Filen er ikke et billede, vi kan åbne. Vælg et billede fra kameraet (JPEG, PNG eller WebP).")
    Image.init()  # loads the readers once; without it the rarer formats are unknown
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we check the size ourselves, below
            picture = Image.open(io.BytesIO(body), formats=READABLE)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refusal(_("Billedet har for mange billedpunkter. Tag det om i en mindre størrelse."))
        upright = ImageOps.exif_transpose(picture)
        clean = Image.new("RGB", upright.size, "white")
        if upright.mode in {"RGBA", "LA", "P"}:
            layered = upright.convert("RGBA")
            clean.paste(layered, mask=layered.getchannel("A"))
        else:
            clean.paste(upright.convert("RGB"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as problem:
        raise Refusal(not_a_photo) from problem
    return clean
