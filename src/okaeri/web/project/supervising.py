"""`python -m okaeri.web.project.supervising`: keeps the web server and the worker running, and ends them together.

Standard library only: it stays in memory as long as they do.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

GRACE_SECONDS = 10.0
LOOK_SECONDS = 0.2
PAUSES: tuple[float, ...] = (0.3, 1.0, 3.0, 10.0, 30.0)
LIVED_SECONDS = 60.0
PARTS = {
    "web": ("-m", "okaeri.web.project.listening"),
    "worker": ("-m", "okaeri.web", "worker", "--skip-checks"),
}


@dataclass
class Part:
    """One child process: started, and started again when it dies, less and less eagerly while it keeps dying."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a group of its own, so that what it forks can be ended with it."""
        command = [sys.executable, *PARTS[self.name]]
        around = {**os.environ, "OKAERI_PARENT": str(os.getpid())}  # a child may start after this one is killed
        self.process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, env=around)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start it where it is not running."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due_at:
                self.start()
        elif self.process.poll() is not None:
            self.end_at_once()
            self.deaths = 1 if now - self.started_at > LIVED_SECONDS else self.deaths + 1
            self.due_at = now + PAUSES[min(self.deaths, len(PAUSES)) - 1]
            self.process = None

    def tell_to_end(self) -> None:
        """Ask it to finish what it is at."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self.process is None or self.process.poll() is not None

    def end_at_once(self) -> None:
        """End it and everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # gone already
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Runs parts until it is asked to stop; asked twice, it stops at once."""

    def __init__(self, names: list[str]) -> None:
        self.parts = [Part(name) for name in names]
        self.asked = 0

    def ask(self, *_signal: object) -> None:
        """A signal came."""
        self.asked += 1

    def run(self, announcement: str, address: str) -> None:
        """Keep the parts running; `announcement` is printed once the web server answers."""
        signal.signal(signal.SIGTERM, self.ask)
        signal.signal(signal.SIGINT, self.ask)
        while not self.asked:
            for part in self.parts:
                part.look()
            if announcement and (not address or answers(address)):
                print(announcement, flush=True)  # whoever reads the address through a pipe must not wait for the end
                announcement = ""
            time.sleep(LOOK_SECONDS)
        self._end()

    def _end(self) -> None:
        for part in self.parts:
            part.tell_to_end()
        until = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < until and self.asked < 2 and not all(part.has_ended() for part in self.parts):
            time.sleep(LOOK_SECONDS / 4)
        for part in self.parts:
            part.end_at_once()


def answers(address: str) -> bool:
    """Whether a web server answers at `host:port`, whatever it says."""
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/account/login/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def main() -> None:
    """Supervise the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="+", choices=list(PARTS))
    asked = parser.parse_args()
    # what is announced may hold the demo's token: it goes to whoever reads the terminal, not to the children
    announcement, address = os.environ.pop("OKAERI_ANNOUNCE", ""), os.environ.get("OKAERI_LISTEN", "")
    Supervisor(asked.parts).run(announcement, address)


if __name__ == "__main__":
    main()
