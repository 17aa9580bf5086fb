"""What a new thing has from the start: what its product type says, its code, and the words it is found by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workshop.core.text import search_key
from workshop.products.drawings import drawing_for
from workshop.products.models import Item, ItemCode, ProductType, SizeClass
from workshop.products.qr import make_qr, new_token


def plain(category: str) -> dict[str, Any]:
    """What a thing without a product type has."""
    return {"category": category, "drawing": drawing_for("", category), "size_class": SizeClass.M}


def copied(kind: ProductType) -> dict[str, Any]:
    """What a new item takes from its product type; from then on it is the item's own."""
    return {
        "product_type_id": kind.id,
        "category": kind.category,
        "description": kind.description,
        "material_text": kind.material_text,
        "measures": size(kind.length_cm, kind.width_cm, kind.height_cm),
        "care": kind.care,
        "safety": kind.safety,
        "size_class": kind.size_class,
        "drawing": drawing_for(kind.sku, kind.category),
        "price_ore": kind.price_ore,
    }


def size(*sides_cm: int | None) -> str:
    """How large a thing is, as it stands on its label: `150 × 60 × 85 cm`."""
    sides = [str(side) for side in sides_cm if side]
    return f"{' × '.join(sides)} cm" if sides else ""


def code(base_url: str, printed: ItemCode | None = None) -> dict[str, Any]:
    """The code of a new thing: the one on a label printed ahead, or a fresh one."""
    if printed is not None:
        return {"qr_token": printed.token, "qr_path": printed.qr_path, "qr_side": printed.qr_side}
    token = new_token()
    symbol = make_qr(f"{base_url}/q/{token}")
    return {"qr_token": token, "qr_path": symbol.path, "qr_side": symbol.side}


def search_text(item: Item, title: str | None = None) -> str:
    """The words a thing is found by; aa finds å. `title` is another name than the one it has.

    What it was also known as, such as its number on an older list, stands on a line of its own and stays, whatever
    becomes of the words.
    """
    also_known_as = (item.search_text or "").partition("\n")[2]  # a thing being made has no text yet
    name = item.title if title is None else title
    return found_by((str(item.number), name, item.category, item.material_text, item.place), also_known_as)


def found_by(words: Iterable[str | None], also_known_as: str = "") -> str:
    """The text that a search looks through."""
    now, before = (" ".join(search_key(text).split()) for text in (" ".join(filter(None, words)), also_known_as))
    return f"{now}\n{before}" if before else now
