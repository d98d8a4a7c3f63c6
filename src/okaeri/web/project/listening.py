"""`python -m okaeri.web.project.listening`: the web server, on the address that OKAERI_LISTEN names."""

from __future__ import annotations

import os

from okaeri.web.core.lifeline import end_with_parent

THREADS = 4
WAITING, AT_ONCE = 256, 64


def main() -> None:
    """Serve until told to stop, or until whoever started this is gone."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    end_with_parent()
    host, _, port = os.environ.get("OKAERI_LISTEN", "127.0.0.1:8765").rpartition(":")
    Granian(
        "okaeri.web.project.wsgi:application",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        backlog=WAITING,
        backpressure=AT_ONCE,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=8,
    ).serve()


if __name__ == "__main__":
    main()
