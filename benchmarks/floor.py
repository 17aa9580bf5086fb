"""The floor: the least a page with the same things on it costs with Flask, SQLAlchemy Core and Jinja.

It has no sign-in, no stock rules, no translations, no security headers and no log; the shop has all of them. The ratio
of the two, measured in one run, is what we hold ourselves to.
"""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask, redirect, render_template, request, session
from jinja2 import DictLoader
from werkzeug.wrappers import Response

from workshop.core.db import Database

CARDS = 24
CATEGORIES = 12
tables = sa.MetaData()
category = sa.Table("floor_category", tables, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
product = sa.Table(
    "floor_product",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("price_ore", sa.Integer, nullable=False),
    sa.Column("stock", sa.Integer, nullable=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("category_id", sa.ForeignKey("floor_category.id"), nullable=False, index=True),
)
basket = sa.Table(
    "floor_basket",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("token", sa.Text, nullable=False, unique=True),
)
line = sa.Table(
    "floor_line",
    tables,
    sa.Column("basket_id", sa.ForeignKey("floor_basket.id"), primary_key=True),
    sa.Column("product_id", sa.ForeignKey("floor_product.id"), primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
)

SHELL = """<!doctype html><html lang="da"><head>
<meta charset="utf-8"><title>{% block title %}Butik{% endblock %}</title>
<link rel="stylesheet" href="/site.css"></head><body><header><a href="/">Værkstedet</a><nav><ul>
{% for each in categories %}<li><a href="/kategori/{{ each.id }}">{{ each.name }}</a></li>{% endfor %}</ul></nav>
<a href="/kurv">Kurv ({{ in_basket }})</a></header><main>{% block main %}{% endblock %}</main>
<footer><p>Alle varer er lavet på værkstedet.</p></footer></body></html>"""
LISTING = """{% extends "shell" %}{% block main %}<h1>Varer</h1><p>{{ total }} varer</p><ul>{% for each in products %}
<li><article><a href="/vare/{{ each.id }}">
<img src="/foto/{{ each.image }}-640.webp" srcset="/foto/{{ each.image }}-320.webp 320w,
 /foto/{{ each.image }}-640.webp 640w" width="320" height="240" loading="lazy" alt="{{ each.name }}"></a>
<h3><a href="/vare/{{ each.id }}">{{ each.name }}</a></h3><p>Nr. {{ each.number }}</p>
<p><data value="{{ each.price_ore }}">{{ each.price_ore | kr }}</data></p>
<p>{% if each.stock > 1 %}På lager{% elif each.stock == 1 %}Kun 1 af denne{% else %}Solgt{% endif %}</p>
</article></li>{% endfor %}</ul><nav><a href="?side=2" rel="next">Næste</a></nav>{% endblock %}"""
DETAIL = """{% extends "shell" %}{% block title %}{{ product.name }}{% endblock %}{% block main %}<article>
<h1>{{ product.name }}</h1><img src="/foto/{{ product.image }}-1280.webp" alt="{{ product.name }}">
<p>{{ product.description }}</p><p>{{ product.price_ore | kr }}</p>
<form method="post" action="/kurv/{{ product.id }}"><button>Læg i kurv</button></form></article>{% endblock %}"""

ALL_CATEGORIES = sa.select(category.c.id, category.c.name).order_by(category.c.id)
TOTAL = sa.select(sa.func.count()).select_from(product).where(product.c.category_id <= sa.bindparam("most"))
CARD_COLUMNS = (product.c.id, product.c.number, product.c.name, product.c.price_ore, product.c.stock, product.c.image)
PAGE = sa.select(*CARD_COLUMNS).where(product.c.category_id <= sa.bindparam("most")).order_by(product.c.id.desc())
ONE = sa.select(product).where(product.c.id == sa.bindparam("id"))
IN_BASKET = (
    sa.select(sa.func.coalesce(sa.func.sum(line.c.quantity), 0))
    .join(basket, basket.c.id == line.c.basket_id)
    .where(basket.c.token == sa.bindparam("token"))
)
PUT = sa.text(
    "INSERT INTO floor_line (basket_id, product_id, quantity) VALUES (:basket, :product, 1) "
    "ON CONFLICT (basket_id, product_id) DO UPDATE SET quantity = floor_line.quantity + 1"
)


def fill(database: Database, count: int) -> None:
    """The floor's own tables with `count` products, in the database of the shop it is held up against."""
    tables.create_all(database.writer)
    with database.writer.begin() as connection:
        connection.execute(category.insert(), [{"id": at + 1, "name": f"Kategori {at}"} for at in range(CATEGORIES)])
        connection.execute(product.insert(), [_product(at) for at in range(count)])


def _product(at: int) -> dict[str, Any]:
    return {
        "id": at + 1,
        "number": 1001 + at,
        "name": f"Havebænk i lærk nr. {1001 + at}",
        "description": "En rolig ting til haven, lavet af lærk fra Gribskov. " * 8,
        "price_ore": 20_000 + at % 500 * 500,
        "stock": 1,
        "image": f"{at:032x}",
        "category_id": 1 + at % CATEGORIES,
    }


def create_floor(database: Database, cards: int = CARDS) -> Flask:
    """A listing with four selects, a detail page with two, and a basket with one write block."""
    app = Flask("floor", static_folder=None)
    app.secret_key = secrets.token_hex(16)
    app.jinja_loader = DictLoader({"shell": SHELL, "listing": LISTING, "detail": DETAIL})
    app.jinja_options = {"autoescape": True, "auto_reload": False}
    app.jinja_env.filters["kr"] = lambda ore: f"{ore // 100:,}".replace(",", ".") + " kr."
    page = PAGE.limit(cards)

    @app.get("/")
    def listing() -> str:
        token = session.get("basket", "")
        with database.reader.connect() as connection:
            values = {
                "categories": connection.execute(ALL_CATEGORIES).all(),
                "total": connection.scalar(TOTAL, {"most": CATEGORIES // 2}),
                "in_basket": connection.scalar(IN_BASKET, {"token": token}),
                "products": connection.execute(page, {"most": CATEGORIES // 2}).all(),
            }
        return render_template("listing", **values)

    @app.get("/vare/<int:number>")
    def detail(number: int) -> str:
        with database.reader.connect() as connection:
            found = connection.execute(ONE, {"id": number}).one()
            categories = connection.execute(ALL_CATEGORIES).all()
        return render_template("detail", product=found, categories=categories, in_basket=0)

    @app.post("/kurv")
    def put() -> Response:
        with database.writer.begin() as connection:
            token = session["basket"] = secrets.token_urlsafe(32)
            made = connection.execute(basket.insert().returning(basket.c.id), {"token": token}).scalar_one()
            connection.execute(PUT, {"basket": made, "product": int(request.form["product"])})
        return redirect("/kurv", 303)

    return app
