"""What a thing could cost, and why, in words anybody can read.

Counted from what materials cost to buy, and from what comparable things were sold for. Nobody's time is among it: how
long something took says nothing about its price here, and no minutes are ever asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import money
from workshop.core.i18n import _
from workshop.products.models import HousePrice, Item, ItemMaterial, ItemState, Material, ProductMaterial, ProductType
from workshop.products.queries import GONE
from workshop.products.sections import things_of

ENOUGH = 3  # fewer sold things than this are chance
NEWEST = 12
LOOK_BACK = timedelta(days=730)
FIVE_KR = 500
# From 200 kr. the workshop's own prices end in 45 or 95; below it such steps would be too coarse.
ENDING_FROM_ORE, ENDING_STEP_ORE, ENDING_ORE = 20_000, 5_000, 4_500
WITH_VAT = Decimal(100 + money.STANDARD_RATE_PERCENT) / 100


@dataclass(frozen=True)
class Advice:
    """A suggestion and its reasons. All in øre, VAT included; `low` and `high` are of what was compared with."""

    suggested_ore: int | None
    sentences: tuple[str, ...]
    low_ore: int | None
    high_ore: int | None
    materials_ore: int | None


@dataclass(frozen=True)
class _Basis:
    """What a suggestion starts from: the amount, and the two it should lie between."""

    around_ore: int
    low_ore: int
    high_ore: int


def advise(
    materials_ore: int | None,
    sold: Sequence[int],
    offered: Sequence[int],
    usual_ore: int | None,
    *,
    things: str = "",
    house_words: str = "",
) -> Advice:
    """What a thing could cost. `sold` and `offered` are prices of comparable things, `usual_ore` that of its type.

    `things` is what they are called together ("bænke"). `house_words` says that `usual_ore` is a house price and
    names it ("40 kr. pr. net"): then it is the suggestion as it stands. Never below what the materials cost.
    """
    is_thin = len(sold) < ENOUGH and not house_words
    compared = [*sold, *offered] if is_thin else list(sold)
    low, high = (min(compared), max(compared)) if compared else (None, None)
    suggested = _suggestion(materials_ore or 0, sold, compared, usual_ore, is_house_price=bool(house_words))
    dearest = high if high is not None and not house_words else usual_ore
    # Whoever reads it reads slowly: where enough was sold, that alone is the reason.
    sentences = (
        *_about_materials(materials_ore),
        *([_("Husprisen er %(price)s.", price=house_words)] if house_words else _about_sold(sold, things or _("ting"))),
        *(_about_thin(offered, usual_ore, things or _("ting")) if is_thin else []),
        *_about_suggestion(suggested, is_dear=dearest is not None and (materials_ore or 0) > dearest),
    )
    return Advice(suggested, sentences, low, high, materials_ore)


def price_advice(session: Session, item: Item, *, now: datetime) -> Advice:
    """What this thing could cost, from what the workshop knows at this moment."""
    house = session.get(HousePrice, item.house_price_id) if item.house_price_id is not None else None
    sold = _sold(session, item, now)
    if house is not None:
        usual: int | None = house.price_ore
        words = _("%(price)s pr. %(unit)s", price=money.kr(house.price_ore), unit=house.unit)
    else:
        usual, words = _usual(session, item), ""
    return advise(
        materials_cost(session, item),
        sold,
        _offered(session, item),
        usual,
        things=things_of(item.category),
        house_words=words,
    )


def materials_cost(session: Session, item: Item) -> int | None:
    """What the materials of one piece cost to buy, VAT included; None when nobody knows what went into it."""
    rows = session.execute(
        sa.select(ItemMaterial.quantity, ItemMaterial.unit_cost_ore).where(ItemMaterial.item_id == item.id)
    ).all()
    if not rows and item.product_type_id is not None:
        rows = session.execute(
            sa.select(ProductMaterial.quantity, Material.unit_cost_ore)
            .join(Material, Material.id == ProductMaterial.material_id)
            .where(ProductMaterial.product_type_id == item.product_type_id)
        ).all()
    return bought_for((quantity, cost) for quantity, cost in rows) if rows else None


def bought_for(parts: Iterable[tuple[Decimal, int]]) -> int:
    """Øre with VAT for (quantity, øre a unit without VAT), rounded once."""
    net = sum((Decimal(quantity) * cost for quantity, cost in parts), Decimal(0))
    return int((net * WITH_VAT).quantize(Decimal(1), ROUND_HALF_UP))


def _suggestion(
    materials: int, sold: Sequence[int], compared: Sequence[int], usual: int | None, *, is_house_price: bool
) -> int | None:
    if is_house_price and usual is not None:
        return usual if usual >= materials else _up(materials, FIVE_KR)
    if len(sold) >= ENOUGH:
        basis = _Basis(_middle(sold), min(sold), max(sold))
    elif usual is not None:
        basis = _Basis(usual, usual, usual)
    elif compared:
        basis = _Basis(_middle(compared), min(compared), max(compared))
    else:
        return None
    return _near(basis, materials)


def _near(basis: _Basis, materials: int) -> int:
    """The price the workshop would write: between the two, not under the materials, with its own ending if it can.

    It never falls when materials get dearer: each step up only takes the lowest answers away.
    """
    low = max(basis.low_ore, materials)
    if low > basis.high_ore:
        return _ending_up(materials) if materials > basis.high_ore else _up(low, FIVE_KR)
    ending = _ending_near(basis.around_ore, low, basis.high_ore)
    if ending is not None:
        return ending
    fives = {_up(low, FIVE_KR), _up(max(basis.around_ore, low), FIVE_KR), basis.around_ore // FIVE_KR * FIVE_KR}
    within = [price for price in fives if low <= price <= basis.high_ore]
    return min(within, key=lambda price: (abs(price - basis.around_ore), price)) if within else _up(low, FIVE_KR)


def _ending_near(around: int, low: int, high: int) -> int | None:
    """The nearest price with the workshop's ending between low and high, the lower of two; None without one."""
    up = _ending_up(max(around, low))
    down = _ending_down(min(around, high))
    lowest = _ending_up(low)
    within = [price for price in (down, up, lowest) if price is not None and low <= price <= high]
    return min(within, key=lambda price: (abs(price - around), price)) if within else None


def _ending_up(ore: int) -> int:
    """The lowest price with the workshop's ending that is not below this."""
    if ore <= ENDING_FROM_ORE:
        return max(_up(ore, FIVE_KR), FIVE_KR)
    return _up(ore - ENDING_ORE, ENDING_STEP_ORE) + ENDING_ORE


def _ending_down(ore: int) -> int | None:
    """The highest price with the workshop's ending that is not above this."""
    down = ore // FIVE_KR * FIVE_KR
    if ore > ENDING_FROM_ORE:
        down = max((ore - ENDING_ORE) // ENDING_STEP_ORE * ENDING_STEP_ORE + ENDING_ORE, ENDING_FROM_ORE)
    return down if down >= FIVE_KR else None


def _up(ore: int, step: int) -> int:
    return -(-ore // step) * step


def _middle(prices: Sequence[int]) -> int:
    """The price in the middle; a single odd one moves it little."""
    ordered = sorted(prices)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2


def _about_materials(materials_ore: int | None) -> list[str]:
    if materials_ore is None:
        return []
    if materials_ore == 0:
        return [_("Materialerne kostede ikke noget.")]
    return [_("Materialer %(price)s", price=_whole(materials_ore))]


def _about_sold(sold: Sequence[int], things: str) -> list[str]:
    return [_("Lignende %(things)s er solgt for %(prices)s", things=things, prices=_range(sold))] if sold else []


def _about_thin(offered: Sequence[int], usual_ore: int | None, things: str) -> list[str]:
    """What else there is to go by where too little was sold."""
    sentences = []
    if offered:
        sentences.append(_("Lignende %(things)s er til salg for %(prices)s", things=things, prices=_range(offered)))
    sentences.append(_("Der er ikke solgt nok lignende endnu."))
    if usual_ore is not None:
        sentences.append(_("Vi plejer at tage %(price)s", price=money.kr(usual_ore)))
    return sentences


def _about_suggestion(suggested: int | None, *, is_dear: bool) -> list[str]:
    if suggested is None:
        return []
    dear = [_("Materialerne koster mere end det.")] if is_dear else []
    return [*dear, _("Forslag: %(price)s", price=money.kr(suggested))]


def _whole(ore: int) -> str:
    """An amount in whole kroner: nobody needs the øre of the screws."""
    return money.kr(money.half_up(ore, 100) * 100) if ore >= 100 else money.kr(ore)


def _range(prices: Sequence[int]) -> str:
    low, high = min(prices), max(prices)
    if low == high:
        return money.kr(low)
    return f"{money.kr(low).removesuffix(f'{money.NO_BREAK}kr.')}–{money.kr(high)}"


def _usual(session: Session, item: Item) -> int | None:
    if item.product_type_id is None:
        return None
    return session.scalar(sa.select(ProductType.price_ore).where(ProductType.id == item.product_type_id))


def _sold(session: Session, item: Item, now: datetime) -> list[int]:
    """What comparable things were sold for in two years, the newest: of its type when enough are, else of its size."""

    def newest(*alike: sa.ColumnElement[bool]) -> list[int]:
        return _prices(
            session,
            item,
            *alike,
            Item.state.in_(GONE),
            Item.sold_at > now - LOOK_BACK,
            Item.sold_at <= now,
            order=Item.sold_at,
        )

    own = newest(Item.product_type_id == item.product_type_id) if item.product_type_id is not None else []
    return own if len(own) >= ENOUGH else newest(*_alike(item))


def _offered(session: Session, item: Item) -> list[int]:
    """What comparable things cost that are for sale now."""

    def now_for(*alike: sa.ColumnElement[bool]) -> list[int]:
        return _prices(session, item, *alike, Item.state == ItemState.FOR_SALE, Item.quantity > 0, order=Item.number)

    own = now_for(Item.product_type_id == item.product_type_id) if item.product_type_id is not None else []
    return own or now_for(*_alike(item))


def _alike(item: Item) -> tuple[sa.ColumnElement[bool], ...]:
    return Item.category == item.category, Item.size_class == item.size_class


def _prices(
    session: Session, item: Item, *conditions: sa.ColumnElement[bool], order: sa.SQLColumnExpression[Any]
) -> list[int]:
    rows = session.scalars(
        sa.select(Item.price_ore)
        .where(Item.id != item.id, Item.price_ore.is_not(None), Item.price_ore > 0, *conditions)
        .order_by(order.desc(), Item.number.desc())
        .limit(NEWEST)
    )
    return [price for price in rows if price is not None]
