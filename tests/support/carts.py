"""Random carts: what the lines come to is the order's total, what the payment page asks for, and what the receipt says.

Each cart is drawn from its own seed, so one that fails can be looked at again. Used by the tests on some tens of
thousands, and by the soak on a million.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime
from typing import NamedTuple

from shop.orders import contract, writing
from shop.orders.checkout import payment_lines
from shop.orders.customers import Customer
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order, PayWay
from shop.orders.pickup import Slot
from shop.orders.writing import NOT_BROUGHT, Brought, Priced
from workshop.core.config import Identity
from workshop.products.models import SizeClass, VatScheme

HEAD = Letterhead("https://butik.example", Identity(), "a secret of the carts, worth nothing at all")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SLOT = Slot(date(2026, 11, 26), 540, 720)
ANE = Customer("Ane Eksempel", "ane@example.dk", "20000000")
SCHEMES, SIZES = tuple(VatScheme), tuple(SizeClass)
_AMOUNT = re.compile(r"([0-9.]+)(?:,([0-9]{2}))?\u00a0kr\.")
_LINE = re.compile(r"(\d+) × (.+)")


class Cart(NamedTuple):
    """What is bought, and where it is brought."""

    lines: list[Priced]
    where: Brought


def cart_of(seed: int) -> Cart:
    """A cart; most are small, some are not, and a third are brought."""
    chance = random.Random(seed)
    lines = [_line(chance, place) for place in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 12)))]
    price = chance.choice((0, 4_900, 9_900, 24_900, chance.randrange(1, 50_000)))
    return Cart(lines, Brought("Vej 1", "3230", "Græsted", price) if chance.random() < 0.35 else NOT_BROUGHT)


def wrong_with(seed: int) -> str | None:
    """What does not tie in this cart, or None: lines, total, VAT, payment page and receipt are held together."""
    cart = cart_of(seed)
    order = order_of(cart)
    goods = sum(line.unit_price_ore * line.quantity for line in cart.lines)
    total = goods + cart.where.price_ore
    paid = sum(line.amount_ore * line.quantity for line in payment_lines(order))
    if not order.total_ore == total == paid:
        return f"lines {total}, order {order.total_ore}, payment {paid}"
    if order.vat_ore != _vat(cart):
        return f"VAT {order.vat_ore}, by hand {_vat(cart)}"
    return _receipt(contract.bought(order), order)


def order_of(cart: Cart) -> Order:
    """The order of a cart, not saved."""
    return writing.order_row(
        lines=cart.lines,
        customer=ANE,
        slot=SLOT,
        pay_way=PayWay.CARD,
        where=cart.where,
        is_brought=cart.where is not NOT_BROUGHT,
        number="2026-0001",
        public_id="a",
        head=HEAD,
        now=NOW,
    )


def _line(chance: random.Random, place: int) -> Priced:
    return Priced(
        title=f"Ting {place}",
        quantity=chance.choice((1, 1, 1, 2, 3, chance.randrange(1, 21))),
        unit_price_ore=chance.choice((chance.randrange(100, 500) * 500, chance.randrange(1, 2_000_000))),
        vat_scheme=chance.choice((VatScheme.STANDARD, chance.choice(SCHEMES))),
        size_class=chance.choice(SIZES),
        item_id=place + 1,
    )


def _vat(cart: Cart) -> int:
    """25 % of what is sold with VAT, found in another way than the shop does: gross / 5, half up."""
    gross = dict.fromkeys(SCHEMES, 0)
    for line in cart.lines:
        gross[line.vat_scheme] += line.amount_ore
    main = next(scheme for scheme in SCHEMES if gross[scheme] == max(gross.values()))
    taxed = gross[VatScheme.STANDARD] + (cart.where.price_ore if main is VatScheme.STANDARD else 0)
    return (taxed * 2 + 5) // 10


def _receipt(text: str, order: Order) -> str | None:
    """What the customer reads, added up by hand."""
    rows = [row for row in text.splitlines() if row.startswith("- ")]
    added = 0
    for row in rows:
        amount = row.rpartition(": ")[2]
        found = _LINE.fullmatch(amount)
        added += int(found[1]) * _ore(found[2]) if found else _ore(amount)
    said = {
        name: _ore(amount)
        for name, _colon, amount in (row.partition(": ") for row in text.splitlines()[1:])
        if name in ("I alt", "Heraf moms")
    }
    if added != order.total_ore or said.get("I alt") != order.total_ore or said.get("Heraf moms", 0) != order.vat_ore:
        return f"receipt: lines {added}, total {said}, order {order.total_ore} with VAT {order.vat_ore}"
    return None


def _ore(text: str) -> int:
    """An amount as the receipt writes it; one that is written in another way is no amount."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1].replace(".", "")) * 100 + int(found[2] or 0)
