"""All pages of this slice on its one blueprint, and its entry in the desk's menu."""

from __future__ import annotations

from shop.orders.withdrawing import desk, finding, money, own, pictures, public
from shop.orders.withdrawing.blueprint import blueprint
from shop.orders.withdrawing.desk import MENU
from shop.orders.withdrawing.public import FOOTER

__all__ = ["FOOTER", "MENU", "blueprint", "desk", "finding", "money", "own", "pictures", "public"]
