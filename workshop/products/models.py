"""The catalogue (types), the numbered things in the workshop (items), their prices, photos and movements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workshop.core import crypto, db


class Origin(StrEnum):
    """Where a material or a piece comes from; it drives VAT scheme and texts."""

    BOUGHT = "bought"
    DONATED = "donated"
    RECLAIMED = "reclaimed"


class SizeClass(StrEnum):
    """S in one hand, M in a car, L needs a trailer, XL a van and two people."""

    S = "S"
    M = "M"
    L = "L"
    XL = "XL"


class VatScheme(StrEnum):
    """How a line is taxed; configured per organisation, never guessed."""

    STANDARD = "standard"
    MARGIN = "margin"
    EXEMPT = "exempt"
    OUTSIDE = "outside"


class ItemState(StrEnum):
    """The life of an item, seen from the shelf."""

    MADE = "made"  # finished in the workshop, not yet approved
    FOR_SALE = "for_sale"
    SOLD = "sold"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"  # taken out of the shop


class StockCause(StrEnum):
    """Why a quantity changed."""

    MADE = "made"
    SOLD = "sold"
    RETURNED = "returned"
    COUNTED = "counted"
    SCRAPPED = "scrapped"
    USED = "used"  # the workshop took it into use
    IMPORTED = "imported"  # it was there before this system was


class Material(db.Base):
    """Something products are made of."""

    __tablename__ = "material"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    unit: Mapped[str] = mapped_column(sa.String(20))
    unit_cost_ore: Mapped[int] = mapped_column()  # without VAT
    origin: Mapped[Origin] = mapped_column(db.choice(Origin))


class ProductType(db.Base):
    """Something the workshop makes or restores."""

    __tablename__ = "product_type"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    category: Mapped[str] = mapped_column(sa.String(60), index=True)
    description: Mapped[str] = mapped_column(sa.Text)
    material_text: Mapped[str] = mapped_column(sa.String(200))
    length_cm: Mapped[int | None] = mapped_column()
    width_cm: Mapped[int | None] = mapped_column()
    height_cm: Mapped[int | None] = mapped_column()
    weight_g: Mapped[int | None] = mapped_column()
    price_ore: Mapped[int] = mapped_column()  # VAT included
    is_made_to_order: Mapped[bool] = mapped_column()
    options: Mapped[dict[str, list[list[str | int]]]] = mapped_column(sa.JSON)  # name -> [value, addition in øre]
    size_class: Mapped[SizeClass] = mapped_column(db.choice(SizeClass))
    is_unique: Mapped[bool] = mapped_column()
    care: Mapped[str] = mapped_column(sa.Text)
    safety: Mapped[str] = mapped_column(sa.Text)
    typical_work_minutes: Mapped[int] = mapped_column()  # whole product, for planning capacity only
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class ProductMaterial(db.Base):
    """How much of a material one product takes, in the material's own unit."""

    __tablename__ = "product_material"
    __table_args__ = db.W

    product_type_id: Mapped[int] = mapped_column(sa.ForeignKey("product_type.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3))


class NumberSeries(db.Base):
    """The next number of a printed series. A number is taken in the block that uses it and never comes again."""

    __tablename__ = "number_series"
    __table_args__ = db.W

    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    next_number: Mapped[int] = mapped_column()


class Item(db.Base):
    """A numbered thing, or a batch of like things under one number.

    `quantity` is what the workshop has, `held` what payments under way have taken of it. The two checks are what keeps
    one bench from being sold twice, whatever the code above them does.
    """

    __tablename__ = "item"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.CheckConstraint("held >= 0 AND held <= quantity", name="held_within_quantity"),
        sa.CheckConstraint("price_ore IS NULL OR price_ore >= 0", name="price_not_negative"),
        sa.CheckConstraint("proposed_ore IS NULL OR proposed_ore >= 0", name="proposal_not_negative"),
        sa.CheckConstraint("before_ore IS NULL OR before_ore > price_ore", name="before_is_higher"),
        # The ways the shop looks: newest first, newest of a category (and counted by it), lately sold. Measured on
        # 20,000 things. None is partial: saying so for a database loads its dialect at every start, 0.2 s.
        sa.Index(None, "state", "approved_at", "number"),
        sa.Index(None, "state", "category", "approved_at", "number", "quantity"),
        sa.Index(None, "sold_at", "number"),
        # The numbers beside a shelf's filters: counted from the index alone, in its own order.
        sa.Index(None, "state", "category", "size_class", "origin", "price_ore", "quantity"),
        db.W,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    qr_token: Mapped[str] = mapped_column(sa.String(10), unique=True)
    qr_path: Mapped[str] = mapped_column(sa.Text)  # made once, when the item is born
    qr_side: Mapped[int] = mapped_column()  # modules, quiet zone included
    product_type_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_type.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    category: Mapped[str] = mapped_column(sa.String(60))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    material_text: Mapped[str] = mapped_column(sa.String(200), default="")
    measures: Mapped[str] = mapped_column(sa.String(100), default="")
    care: Mapped[str] = mapped_column(sa.Text, default="")
    safety: Mapped[str] = mapped_column(sa.Text, default="")
    size_class: Mapped[SizeClass] = mapped_column(db.choice(SizeClass), default=SizeClass.M)
    drawing: Mapped[str] = mapped_column(sa.String(40), default="")  # shown while there is no photo
    place: Mapped[str] = mapped_column(sa.String(60), default="")
    origin: Mapped[Origin] = mapped_column(db.choice(Origin), default=Origin.BOUGHT)
    vat_scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme), default=VatScheme.STANDARD)
    price_ore: Mapped[int | None] = mapped_column()  # VAT included; the one price of label, shop and till
    proposed_ore: Mapped[int | None] = mapped_column()  # suggested at the bench, until staff set one
    before_ore: Mapped[int | None] = mapped_column()  # what a running reduction is from; see `pricing.py`
    before_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # from then on it must not be shown
    house_price_id: Mapped[int | None] = mapped_column(sa.ForeignKey("house_price.id"), index=True)
    state: Mapped[ItemState] = mapped_column(db.choice(ItemState))
    quantity: Mapped[int] = mapped_column(default=1)
    held: Mapped[int] = mapped_column(default=0)
    is_one_of_a_kind: Mapped[bool] = mapped_column(default=True)
    born_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    sold_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    product_type: Mapped[ProductType | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol

    @property
    def free(self) -> int:
        """How many can be sold right now."""
        return self.quantity - self.held


class HousePrice(db.Base):
    """The workshop's fixed price of something it always has: "brændeknuder 40 kr. pr. net". VAT included."""

    __tablename__ = "house_price"
    __table_args__ = (sa.CheckConstraint("price_ore > 0", name="price_positive"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    category: Mapped[str] = mapped_column(sa.String(60))
    unit: Mapped[str] = mapped_column(sa.String(30))  # what one is: net, sæk, styk
    price_ore: Mapped[int] = mapped_column()
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 — SQLAlchemy's own protocol


class ItemMaterial(db.Base):
    """What went into one thing, with what a unit cost then (øre without VAT). Nobody's time is among it."""

    __tablename__ = "item_material"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"), db.W)

    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), primary_key=True)
    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id"), primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3))
    unit_cost_ore: Mapped[int] = mapped_column()


class ItemCode(db.Base):
    """A QR code beside the one an item was born with: printed ahead and waiting, or an older one that leads there.

    `number` is what a label printed ahead says; it is taken from the items' own series, so it is never another's.
    """

    __tablename__ = "item_code"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(10), unique=True)
    number: Mapped[int | None] = mapped_column(unique=True)
    qr_path: Mapped[str] = mapped_column(sa.Text)
    qr_side: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("item.id"), index=True)
    bound_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class VatRule(db.Base):
    """Which VAT scheme goods of an origin are sold under, from a day on. Set by the workshop with its accountant."""

    __tablename__ = "vat_rule"
    __table_args__ = db.W

    origin: Mapped[Origin] = mapped_column(db.choice(Origin), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    scheme: Mapped[VatScheme] = mapped_column(db.choice(VatScheme))
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class CatalogueMark(db.Base):
    """One row: a random mark that is another after every change of a thing or its photos. See `catalogue.py`."""

    __tablename__ = "catalogue_mark"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(sa.String(30))


class StateChange(db.Base):
    """A step in the life of an item: into the shop, out of it, into a customer's hands. Never edited."""

    __tablename__ = "item_state_change"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    state: Mapped[ItemState] = mapped_column(db.choice(ItemState))
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class PriceChange(db.Base):
    """A price as it was set; the history is never edited."""

    __tablename__ = "price_change"
    __table_args__ = (sa.CheckConstraint("price_ore >= 0", name="price_not_negative"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    price_ore: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class ItemPhoto(db.Base):
    """A photo of an item: re-encoded, without metadata, under a random name."""

    __tablename__ = "item_photo"
    __table_args__ = (sa.UniqueConstraint("item_id", "position"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"))
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    position: Mapped[int] = mapped_column()
    alt_text: Mapped[str] = mapped_column(sa.String(200), default="")
    added_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    has_avif: Mapped[bool] = mapped_column(default=True)  # those kept before AVIF was written have none
    approved_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)  # no recognisable person in it
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class StockMovement(db.Base):
    """A change of what the workshop has, with its cause; written in the same block as the change."""

    __tablename__ = "stock_movement"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), index=True)
    change: Mapped[int] = mapped_column()
    cause: Mapped[StockCause] = mapped_column(db.choice(StockCause))
    reference: Mapped[str] = mapped_column(sa.String(60), default="", index=True)  # the order, count or form behind it
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class CountState(StrEnum):
    """A stock count is open while people count, waits for staff, and is then written into the stock or dropped."""

    OPEN = "open"
    COUNTED = "counted"
    APPLIED = "applied"
    DROPPED = "dropped"


class StockCount(db.Base):
    """Somebody goes round and counts what is there, all of it or at one place."""

    __tablename__ = "stock_count"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    place: Mapped[str] = mapped_column(sa.String(60), default="")  # empty: everywhere
    state: Mapped[CountState] = mapped_column(db.choice(CountState), default=CountState.OPEN)
    begun_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))


class StockCountLine(db.Base):
    """How many of an item were seen in a count, and how many the stock said there were at that moment."""

    __tablename__ = "stock_count_line"
    __table_args__ = (sa.CheckConstraint("pieces >= 0", name="pieces_not_negative"), db.W)

    count_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_count.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id"), primary_key=True, index=True)
    pieces: Mapped[int] = mapped_column()
    expected: Mapped[int] = mapped_column()
    seen_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
