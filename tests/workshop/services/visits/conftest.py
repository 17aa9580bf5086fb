"""Who opens the pages."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from workshop.core import db
from workshop.core.access import Role


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.MANAGER]).email
    return people.at_desk(app, email)
