"""Spark behind the same protocol: the same SQL, translated, on a cluster that is there already.

The lake and the derived tables are Parquet files that this process and every worker see under the same path.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.engines.engine import Columns
from okaeri.engines.spark_dialect import to_spark
from okaeri.engines.spark_session import connect, settings_of

_ARROW_TYPES = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "varchar": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}
_GONE = ("FILE_NOT_EXIST", "PATH_NOT_FOUND", "FileNotFoundException")


class Spark:
    """A session on a Spark cluster over Parquet files; `section` is what `[spark]` of the settings file says.

    Closing gives back what is kept in the cluster's memory; the connection stays until the process ends.
    """

    def __init__(self, section: Mapping[str, Any]) -> None:
        self._session = connect(settings_of(section))
        self._kept: dict[str, Any] = {}
        self._files: dict[str, tuple[str, ...]] = {}

    def scan(self, name: str, files: Sequence[str], *, schema: pa.Schema) -> None:
        """Name the rows of some Parquet files; no file means a table of `schema` without rows."""
        if not files:
            self.take(name, schema.empty_table())
            return
        # Spark would start a job to learn the columns; the footer of one file says the same
        shape = _spark_schema(pq.read_schema(files[0]))
        with self._speaking():
            self._name(name, self._session.read.schema(shape).parquet(*(_literal(_address(file)) for file in files)))
        self._files[name] = tuple(files)

    def put(self, name: str, columns: Columns) -> None:
        """Name a small table that comes from Python."""
        arrays = {column: pa.array(values, _ARROW_TYPES[kind]) for column, (kind, values) in columns.items()}
        self.take(name, pa.table(arrays))

    def take(self, name: str, rows: pa.Table) -> None:
        """Name the rows of an Arrow table of any size and type."""
        with self._speaking():
            self._name(name, self._session.createDataFrame(rows, schema=_spark_schema(rows.schema)))

    def define(self, name: str, sql: str, *, keep: bool = True) -> None:
        """Name the rows of a query: computed once when `keep`, else at each use."""
        with self._speaking():
            if keep:
                frame = self._session.sql(to_spark(sql)).cache()
                frame.count()  # it is kept from now on, and Spark knows how large it is
                self._name(name, frame)
                self._kept[name] = frame
            else:
                self._forget(name)
                # a view of text looks its tables up at each use, as DuckDB's does
                self._session.sql(f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {to_spark(sql)}")

    def query(self, sql: str) -> pa.Table:
        """Run one query."""
        with self._speaking():
            return self._session.sql(to_spark(sql)).toArrow()

    def write(self, sql: str, path: str) -> int:
        """Run one query into a Parquet file and return how many rows it wrote."""
        target = Path(path).absolute()
        folder = target.with_name(f".{target.name}-{uuid4().hex}")
        try:
            with self._speaking():
                self._session.sql(to_spark(sql)).write.parquet(_address(folder))
            parts = sorted(folder.glob("part-*.parquet"))
            if not parts:
                raise _unshared(folder)
            return _joined(parts, target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Let go of memory and files."""
        for name in list(self._kept):
            self._forget(name)

    def _name(self, name: str, frame: Any) -> None:
        self._forget(name)
        frame.createOrReplaceTempView(name)

    def _forget(self, name: str) -> None:
        self._files.pop(name, None)
        frame = self._kept.pop(name, None)
        if frame is not None:
            frame.unpersist()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Spark's failures in words: files that went away, files only this machine sees, a cluster that is gone."""
        from py4j.protocol import Py4JError  # comes with PySpark
        from pyspark.errors import AnalysisException, ParseException, PySparkException

        try:
            yield
        except (PySparkException, Py4JError, ConnectionError) as error:
            text = str(error)
            if any(word in text for word in _GONE):
                raise self._about_files(text) from error
            if isinstance(error, AnalysisException | ParseException):
                raise  # a fault of the query, which no setting mends
            raise OkaeriError(
                _("Spark could not finish: {why}.").format(why=text.splitlines()[0].rstrip(".")),
                advice=_('See that the cluster is alive, or set `engine = "duckdb"` in `okaeri.toml`.'),
            ) from error

    def _about_files(self, text: str) -> Exception:
        gone = [file for files in self._files.values() for file in files if not os.path.exists(file)]
        named = [file for files in self._files.values() for file in files if file in text]
        if gone or not named:
            return FileNotFoundError(gone[0] if gone else text.splitlines()[0])
        return _unshared(Path(named[0]))


def _unshared(path: Path) -> OkaeriError:
    return OkaeriError(
        _("The workers of Spark and this process do not see the same {path}.").format(path=path),
        advice=_("Put the workspace on storage that is mounted under the same path on every machine of the cluster."),
    )


def _address(path: str | Path) -> str:
    """A file of this machine, whatever file system the cluster takes for its own."""
    return f"file://{Path(path).absolute()}"


def _literal(address: str) -> str:
    """An address that means one file, although Spark reads `[1]` and `*` in a path as patterns."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", address)


def _spark_schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema  # heavy, and optional

    return from_arrow_schema(schema, prefer_timestamp_ntz=True)


def _joined(parts: Sequence[Path], target: Path) -> int:
    """Part files as one file, in their order; returns how many rows there are."""
    if len(parts) == 1:
        os.replace(parts[0], target)
        return int(pq.read_metadata(target).num_rows)
    rows = 0
    with pq.ParquetWriter(target, pq.read_schema(parts[0]), compression="zstd") as writer:
        for part in parts:
            with pq.ParquetFile(part) as opened:
                for batch in opened.iter_batches(batch_size=1 << 20):
                    writer.write_batch(batch)
                    rows += batch.num_rows
    return rows
