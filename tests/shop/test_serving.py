"""Starting the demo's processes."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import make_settings

from shop import serving
from workshop.core.config import Settings
from workshop.core.errors import ConfigurationError

pytestmark = pytest.mark.once


@pytest.mark.parametrize("start", [serving.run_demo, partial(serving.become_server, workers=1)])
def test_a_house_does_not_share_its_port_with_another(start: Callable[[Settings], None], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} is in use"):
            start(make_settings("sqlite://", tmp_path, port=port))
