"""Starting the demo's processes."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from conftest import make_settings

from shop import serving
from workshop.core.errors import ConfigurationError

pytestmark = pytest.mark.once


def test_a_demo_does_not_share_its_port_with_another(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} is in use"):
            serving.run_demo(make_settings("sqlite://", tmp_path, port=port))
