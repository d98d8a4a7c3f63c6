"""The way to a Spark cluster: what `[spark]` says, whether Java is here, and one session for this process.

What is asked of the session is in `spark`.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

LOCAL = "local[*]"
PATIENCE_SECONDS = 120
_KNOCK_SECONDS = 5
_USUAL = {
    "spark.app.name": "okaeri",
    "spark.ui.enabled": "false",
    "spark.sql.parquet.compression.codec": "zstd",
}
# without these the same query gives other rows than in DuckDB, so nobody may choose them
FIXED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_LTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.caseSensitive": "false",
    "spark.ui.showConsoleProgress": "false",
}


def find_java() -> Path | None:
    """The Java that Spark would start, by JAVA_HOME or else by PATH."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    return Path(found) if found else None


def missing_for_spark() -> OkaeriError | None:
    """What this machine lacks before it can drive a cluster, if anything."""
    if any(find_spec(name) is None for name in ("pyspark", "sqlglot")):
        return OkaeriError(
            _("The engine is Spark, and PySpark is not installed."),
            advice=_('Install it with `pip install "okaeri[spark]"`, or set `engine = "duckdb"` in `okaeri.toml`.'),
        )
    if find_java() is None:
        return OkaeriError(
            _("Spark needs Java 17 or newer, and there is none."),
            advice=_("Install one (Debian: `apt-get install default-jre-headless`), or name it in JAVA_HOME."),
        )
    return None


def settings_of(section: Mapping[str, Any]) -> dict[str, str]:
    """`[spark]` as Spark's own settings; a dotted key may be quoted or not. Raises `OkaeriError` for any other key.

    >>> settings_of({"master": "spark://here:7077", "spark": {"executor": {"memory": "4g"}}})
    {'spark.master': 'spark://here:7077', 'spark.executor.memory': '4g'}
    """
    flat = dict(_flattened("", section))
    chosen = {"spark.master": flat.pop("master", LOCAL), **flat}
    for name in chosen:
        if not name.startswith("spark."):
            raise OkaeriError(
                _("[spark] has no setting {name}.").format(name=name),
                advice=_("Name the `master`, or one of Spark's own settings such as spark.executor.memory."),
            )
        if name in FIXED:
            raise OkaeriError(
                _("The setting {name} cannot be chosen: other rows would come of it.").format(name=name),
                advice=_("Take it out of [spark] in `okaeri.toml`."),
            )
    return chosen


def _flattened(prefix: str, section: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in section.items():
        if isinstance(value, Mapping):
            yield from _flattened(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", str(value).lower() if isinstance(value, bool) else str(value)


def connect(settings: Mapping[str, str], *, patience_seconds: float = PATIENCE_SECONDS) -> Any:
    """A session of its own on the cluster; this process connects once. Raises `OkaeriError` when that fails."""
    missing = missing_for_spark()
    if missing:
        raise missing
    from pyspark import SparkContext  # heavy, and optional
    from pyspark.sql import SparkSession

    master = settings["spark.master"]
    running = SparkContext._active_spark_context
    if running is not None and running.master != master:
        raise OkaeriError(
            _("This process works on {running} already, not on {master}.").format(
                running=running.master, master=master
            ),
            advice=_("Ask about the other workspace in a process of its own."),
        )
    if running is None:
        _knock(master)
    with warnings.catch_warnings():
        # PySpark looks for pandas, which nothing here asks of it, and warns of what it finds
        warnings.filterwarnings("ignore", message=".*pandas", category=FutureWarning)
        session = (_started(settings) if running is None else SparkSession(running)).newSession()
    for name, value in {**_USUAL, **settings, **FIXED}.items():
        if name.startswith("spark.sql."):
            session.conf.set(name, value)
    if running is None:
        _wait_for_workers(session, master, patience_seconds)
    return session


def _started(settings: Mapping[str, str]) -> Any:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list({**_USUAL, **settings, **FIXED}.items()))
    with TemporaryFile() as said:
        try:
            # all of this comes back as exceptions; on the screen it would bury the answers
            context = SparkContext(conf=conf, gateway=launch_gateway(conf, popen_kwargs={"stderr": said}))
        except Exception as error:  # PySpark's, Py4J's or the socket's, by how far it came
            disconnect()
            raise _unreachable(settings["spark.master"], _last_word(said) or str(error).splitlines()[0]) from error
    context.setLogLevel("ERROR")
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    return SparkSession(context)


def _last_word(said: IO[bytes]) -> str:
    """Why Java would not start, in its own words."""
    said.seek(0)
    lines = [line.strip() for line in said.read().decode("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if "Error" in line or "Exception" in line), "")


def disconnect() -> None:
    """Leave the cluster and end the Java of this process; the next `connect` starts anew."""
    from pyspark import SparkContext

    context, gateway = SparkContext._active_spark_context, SparkContext._gateway
    if context is not None:
        with suppress(Exception):  # a cluster that went away cannot be told
            context.stop()
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None


def _knock(master: str) -> None:
    """Spark itself tries for a minute before it gives up on a master that is not there."""
    if not master.startswith("spark://"):
        return
    refused = ""
    for place in master.removeprefix("spark://").split(","):
        host, _colon, port = place.rpartition(":")
        try:
            with socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS):
                return
        except (OSError, ValueError) as error:
            refused = str(error)
    raise _unreachable(master, refused)


def _wait_for_workers(session: Any, master: str, seconds: float) -> None:
    """A job that no worker takes would wait for ever, and without a word."""
    context = session.sparkContext
    giving_up = Timer(seconds, context.cancelAllJobs)
    giving_up.start()
    try:
        session.range(1).count()
    except Exception as error:
        disconnect()
        raise OkaeriError(
            _("No worker of {master} took any work within {n} seconds.").format(master=master, n=round(seconds)),
            advice=_("See that its workers are alive and have the cores and the memory that [spark] asks for."),
        ) from error
    finally:
        giving_up.cancel()


def _unreachable(master: str, why: str) -> OkaeriError:
    return OkaeriError(
        _("Spark cannot be reached at {master}: {why}.").format(master=master, why=why.rstrip(".")),
        advice=_('Mend `master` in [spark] of `okaeri.toml`, start the cluster, or set `engine = "duckdb"`.'),
    )
