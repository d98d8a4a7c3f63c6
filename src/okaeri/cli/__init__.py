"""The command line: thin commands over the library. Nothing here computes a figure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Keeps pandas out: where it is installed, pyarrow imports it to look at every list, half a second for nothing."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("The command line works without pandas.", name=fullname)


def main() -> None:
    """Run `okaeri` as the shell called it."""
    import signal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # asked to stop: leave as calmly as on Ctrl-C
    sys.meta_path.insert(0, _NoPandas())
    try:
        from okaeri.cli.app import app

        app()
    except KeyboardInterrupt:  # so early, or so late, that there is nothing to say
        sys.exit(130)
