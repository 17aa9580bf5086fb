"""The processes of a soak as their killer sees them: each is there again at once, and can be told where to die."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from benchmarks import crashing
from tests.support import forking
from workshop.core.config import Settings

STARTS_WITHIN_SECONDS = 60.0


@dataclass
class Keeper:
    """`web` or `work`, kept alive until it is closed."""

    role: str
    settings: Settings
    is_asked: bool = False
    process: ForkServerProcess | None = field(default=None, init=False)

    @property
    def folder(self) -> Path:
        """Where the process and we tell each other things."""
        return self.settings.data_dir

    def start(self, *imported: str) -> None:
        """Begin. `imported` are modules of the program itself, which the server of processes need not read anew."""
        context = forking.context(crashing.__name__, *imported)
        self.process = context.Process(
            target=crashing.keep, args=(self.role, self.settings), kwargs={"is_asked": self.is_asked}, daemon=True
        )
        self.process.start()

    def wait(self) -> int:
        """The id of the process that runs now."""
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                return int((self.folder / f"pid-{self.role}").read_text())
            except FileNotFoundError:
                time.sleep(0.02)
        raise TimeoutError(f"no process for {self.role}")

    def arm(self, *places: str) -> None:
        """Let it die at the first of these."""
        armed = self.folder / f"armed-{self.role}"
        draft = armed.with_name(f"{armed.name}.draft")  # half a name would be no place
        draft.write_text("\n".join(places))
        draft.rename(armed)

    def disarm(self) -> None:
        """Let it live."""
        (self.folder / f"armed-{self.role}").unlink(missing_ok=True)

    @property
    def is_armed(self) -> bool:
        """Whether a place is waited for."""
        return (self.folder / f"armed-{self.role}").exists()

    @property
    def fired(self) -> Path:
        """There when a place has fired; its name stands in it."""
        return self.folder / f"fired-{self.role}"

    def take_fired(self) -> str:
        """Where it died since this was asked last, or nothing."""
        try:
            return self.fired.read_text()
        except FileNotFoundError:
            return ""
        finally:
            self.fired.unlink(missing_ok=True)

    def kill(self) -> None:
        """`kill -9`, wherever it is; returns when the next one runs."""
        killed = self.wait()
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        while self.wait() == killed and time.monotonic() < deadline:
            time.sleep(0.005)

    def close(self) -> None:
        """End it; its process goes with it."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None
