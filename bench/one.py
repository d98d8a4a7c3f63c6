"""One contestant in one process: prints its seconds, its peak memory and its answer as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bench.contestants import CONTESTANTS
from bench.data import Size


def main(name: str, orders: str, memory_limit: str) -> None:
    """Answer and report."""
    began = time.perf_counter()
    answer = CONTESTANTS[name](Size(int(orders)), memory_limit)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb(), "answer": answer}))


def _peak_mb() -> float:
    """The most memory this process had; the rusage figure would carry over what its parent had before."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
