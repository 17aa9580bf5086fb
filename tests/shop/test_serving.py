"""Starting the demo's processes, and the web server's own: one that is killed comes back while another serves."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from conftest import make_settings

from benchmarks.databases import Engine
from benchmarks.running import House, free_port
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


@contextmanager
def two_processes(folder: Path) -> Iterator[House]:
    """A web server of two processes; none of them is left after the block."""
    with Engine("sqlite", str(folder)).fresh() as url:
        opened = House(folder, url, free_port(), free_port())
        try:
            opened.start_web(workers=2)
            until = time.monotonic() + 60
            while len(listening(opened)) < 2 and time.monotonic() < until:  # one answers before the other is there
                time.sleep(0.1)
            yield opened
        finally:
            opened.kill("web")


def children(house: House) -> list[int]:
    pid = house.processes["web"].pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def listening(house: House) -> list[str]:
    """The sockets that take in requests, one of each process."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[9] for row in rows if row[3] == "0A" and int(row[1].partition(":")[2], 16) == house.port]


def answers(house: House) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def kill_one_and_look(house: House) -> tuple[int, list[int], list[int]]:
    """How many requests failed until a killed process was there again, and the processes before and after."""
    before, missed = children(house), 0
    os.kill(before[0], signal.SIGKILL)
    at_least, at_most = time.monotonic() + 3, time.monotonic() + 60
    while time.monotonic() < (at_least if _is_back(house, before) else at_most):
        missed += not answers(house)
        time.sleep(0.1)
    return missed, before, children(house)


def _is_back(house: House, before: list[int]) -> bool:
    return children(house) != before and len(listening(house)) == len(before)


def test_a_process_that_is_killed_comes_back_while_the_other_serves(tmp_path: Path) -> None:
    with two_processes(tmp_path) as house:
        missed, before, after = kill_one_and_look(house)
    assert missed <= 1  # the one that it held, at most
    assert len(before) == len(after) == 2
    assert len(set(before) & set(after)) == 1


def test_without_that_option_all_of_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what a kill did before."""
    plain = serving.server_command

    def without(settings: Settings, workers: int) -> list[str]:
        return [word for word in plain(settings, workers) if word != "--respawn-failed-workers"]

    monkeypatch.setattr("benchmarks.running.server_command", without)
    with two_processes(tmp_path) as house:
        os.kill(children(house)[0], signal.SIGKILL)
        house.processes["web"].wait(timeout=60)
        assert not answers(house)
