"""The people that the tests of sealed texts play with."""

import pytest

from tests.workshop.sealed.scene import House
from workshop.core import db


@pytest.fixture
def house(app):
    with db.transaction() as session:
        return House(session)
