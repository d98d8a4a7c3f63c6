"""A web server and a flusher that are killed again and again: one process forks them with everything loaded.

Forking makes a kill cost milliseconds; nothing here starts a thread or opens a store before it forks.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import deltalake  # noqa: F401 - loaded before the fork
import duckdb  # noqa: F401 - loaded before the fork
import pyarrow.parquet  # noqa: F401 - loaded before the fork
from django.core.wsgi import get_wsgi_application
from django.urls import resolve


class Server(ThreadingMixIn, WSGIServer):
    """The application behind a plain threaded server."""

    daemon_threads = True
    allow_reuse_address = True


class Quiet(WSGIRequestHandler):
    """Does not write down each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def _run(kind: str, server: Server) -> None:
    from okaeri.web.core.events.flushing import flush, flush_all  # models are there only once the rooms are ready

    if kind == "web":
        server.serve_forever(poll_interval=0.05)
    elif kind == "drain":
        flush_all(now=datetime.now(UTC))
    while kind == "flush":
        flush(now=datetime.now(UTC), at_once=200)
        time.sleep(0.005)


def _say(**message: Any) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


def main() -> None:
    """Answer each order: `{"start": kind}` with the child's pid, `{"wait": pid}` with how it ended."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "okaeri.web.project.settings"
    server = Server(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    resolve("/v1/batch")  # so that every room is loaded before the fork
    _say(port=server.server_port)
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _say(status=os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1]))
            continue
        child = os.fork()
        if not child:
            try:
                _run(order["start"], server)
                os._exit(0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        _say(pid=child)


if __name__ == "__main__":
    main()
