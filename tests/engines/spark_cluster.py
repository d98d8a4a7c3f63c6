"""A real Spark cluster on this machine: one master and two workers, each a process of its own, on loopback only."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"
# tiny tables: nothing here is large enough to be worth compiling for twice; Java gives one compiler too little room
JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"
QUICK = {
    "spark.driver.host": HOST,
    "spark.driver.bindAddress": HOST,
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
_WAIT_SECONDS = 60


@contextmanager
def cluster(folder: Path, *, workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[str]:
    """Start a master and its workers; gives the master's address and ends them all afterwards."""
    port = free_port()
    master = f"spark://{HOST}:{port}"
    with ExitStack() as stack:
        ui = ("--webui-port", str(free_port()))
        stack.enter_context(_daemon(folder, "master", "Master", "--host", HOST, "--port", str(port), *ui))
        _wait_for(folder / "master.log", "I have been elected leader", times=1)
        for number in range(workers):
            size = ("--cores", str(cores), "--memory", memory, "--work-dir", str(folder / f"work-{number}"))
            ui = ("--webui-port", str(free_port()))
            stack.enter_context(_daemon(folder, f"worker-{number}", "Worker", "--host", HOST, *size, *ui, master))
        _wait_for(folder / "master.log", "Registering worker", times=workers)
        yield master


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def _daemon(folder: Path, name: str, role: str, *arguments: str) -> Iterator[None]:
    package = find_spec("pyspark")
    assert package and package.origin
    home = Path(package.origin).parent
    java_class = f"org.apache.spark.deploy.{role.lower()}.{role}"
    quiet = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m"}
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), java_class, *arguments],
            env={**os.environ, **quiet, "SPARK_DAEMON_JAVA_OPTS": JAVA},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(log: Path, words: str, *, times: int) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while log.read_text("utf-8", "replace").count(words) < times:
        if time.monotonic() > until:
            raise AssertionError(f"Spark did not start; its log ends: {log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.1)
