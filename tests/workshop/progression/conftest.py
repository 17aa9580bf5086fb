"""The scene that the tests of pages play on."""

import pytest
from support import people

from tests.workshop.progression.scene import Scene
from workshop.core import db


@pytest.fixture
def scene(app):
    with db.transaction() as session:
        return Scene(session)


@pytest.fixture
def desk(client, scene):
    people.sign_in_staff(client, scene.email)
    return client
