"""One contestant in one process: prints its seconds, its peak memory and its answer as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from bench.contestants import CONTESTANTS
from bench.data import Size


def main(name: str, orders: str, memory_limit: str) -> None:
    """Answer and report."""
    began = time.perf_counter()
    answer = CONTESTANTS[name](Size(int(orders)), memory_limit)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "answer": answer}))


if __name__ == "__main__":
    main(*sys.argv[1:])
