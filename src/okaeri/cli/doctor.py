"""`okaeri doctor`: is everything in order here, and if not, what would mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.cli import output
from okaeri.cli.endings import Ending
from okaeri.cli.help import described
from okaeri.cli.session import session_of

if TYPE_CHECKING:
    from okaeri.facts.contracts import Table
    from okaeri.facts.workspace import Workspace

PACKAGES = (
    "duckdb",
    "deltalake",
    "pyarrow",
    "numpy",
    "babel",
    "altair",
    "vl_convert",
    "typst",
    "jinja2",
    "rich",
    "typer",
)
ROOM = 1 << 30  # bytes that an import of some size may want beside what is there


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing looked at; `advice` is there exactly when it failed.

    >>> Check(name="disk", found=Text("fine")).passed
    True
    """

    name: str
    found: Text
    advice: Text | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing has to be done.

        >>> Check(name="disk", found=Text("full"), advice=Text("Make room.")).passed
        False
        """
        return self.advice is None


@described(
    "doctor",
    _("See that everything is in order: packages, settings, lake, fonts and disk."),
    details=_("It ends with 1 when something wants mending, and says what would mend it."),
    examples=(
        ("okaeri doctor", _("Look at everything")),
        ("okaeri doctor --workspace shop --json", _("The same for a program")),
    ),
)
def doctor(context: typer.Context) -> None:
    """Run every check."""
    session = session_of(context)
    checks = [check for look in LOOKS for check in _safely(look, session.folder)]
    healthy = all(check.passed for check in checks)
    if session.as_json:
        output.emit({"healthy": healthy, "checks": [_as_json(check) for check in checks]})
    else:
        _show(checks, healthy)
    if not healthy:
        raise typer.Exit(Ending.NOTHING)


def _python(folder: Path) -> Iterator[Check]:
    version = ".".join(map(str, sys.version_info[:3]))
    advice = None if sys.version_info >= (3, 11) else _("Use Python 3.11 or later.")
    yield Check(name="python", found=_("Python {version}").format(version=version), advice=advice)


def _packages(folder: Path) -> Iterator[Check]:
    from importlib.util import find_spec

    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        words = _("These packages are missing: {names}").format(names=", ".join(missing))
        yield Check(
            name="packages", found=words, advice=_("Install okaeri again: `pip install --force-reinstall okaeri`.")
        )
    else:
        yield Check(name="packages", found=_("All {n} packages are there.").format(n=len(PACKAGES)))


def _workspace(folder: Path) -> Iterator[Check]:
    from okaeri.facts.workspace import Workspace

    workspace = Workspace.open(folder)
    settings, calendar = workspace.settings, workspace.calendar
    words = _("{name} in {path}: days of {zone}, presence {presence}, currency {currency}.")
    yield Check(
        name="workspace",
        found=words.format(
            name=settings.name,
            path=folder,
            zone=calendar.zone,
            presence=settings.presence,
            currency=settings.currency or _("not named"),
        ),
    )


def _engine(folder: Path) -> Iterator[Check]:
    from okaeri.engines.spark_session import find_java, missing_for_spark, settings_of
    from okaeri.facts.workspace import Workspace

    workspace = Workspace.open(folder)
    if workspace.settings.engine == "duckdb":
        yield Check(name="engine", found=_("The engine is DuckDB, inside this process."))
        return
    master = settings_of(workspace.section("spark"))["spark.master"]
    missing = missing_for_spark()
    if missing:
        raise missing
    words = _("The engine is Spark at {master}, with the Java in {java}.")
    yield Check(name="engine", found=words.format(master=master, java=find_java()))


def _erasures(folder: Path) -> Iterator[Check]:
    from okaeri.facts.places import Places
    from okaeri.facts.workspace import Workspace

    places = Places(Workspace.open(folder).lake_path)
    cut_off = len(list(places.erasures.glob("*.pending")))
    if not cut_off:
        yield Check(name="erasures", found=_("No erasure of a customer is unfinished."))
        return
    yield Check(
        name="erasures",
        found=_("{n} erasures of customers were cut off.").format(n=cut_off),
        advice=_("They are finished whenever the workspace is opened, which has happened now; look again."),
    )


def _lake(folder: Path) -> Iterator[Check]:
    from okaeri.facts.contracts import TABLES
    from okaeri.facts.lake import Lake
    from okaeri.facts.workspace import Workspace

    workspace = Workspace.open(folder)
    lake = Lake(workspace.lake_path)
    tables = lake.tables()
    if not tables:
        yield Check(name="lake", found=_("The lake is empty; nothing has been imported yet."))
    with lake.reading():
        for table in tables:
            yield Check(name=f"lake/{table}", found=_table_words(TABLES[table], lake.files(table)))
            ahead = _after_today(workspace, TABLES[table], lake.files(table))
            if ahead:
                words = _("{table}: rows dated after today, which count from their day on: {rows}.")
                yield Check(name=f"ahead/{table}", found=words.format(table=table, rows=f"{ahead:,}"))


def _table_words(table: Table, files: tuple[str, ...]) -> Text:
    import duckdb  # heavy: only when a lake is looked at

    from okaeri.facts.shapes import rows_of

    # Every column of every file is read, so that a damaged file cannot hide.
    rows = duckdb.execute(f"select count(*), max(hash(t)) from {rows_of(table, files)} t").fetchone() if files else (0,)
    size = sum(Path(file).stat().st_size for file in files)
    words = _("{table}: rows {rows}, files {files}, {size} MB; all readable.")
    return words.format(
        table=table.name, rows=f"{rows[0] if rows else 0:,}", files=len(files), size=f"{size / 1e6:,.1f}"
    )


def _after_today(workspace: Workspace, table: Table, files: tuple[str, ...]) -> int:
    import duckdb  # heavy: only when a lake is looked at

    from okaeri.facts.shapes import rows_of

    clause = table.after(workspace.calendar.day_of(datetime.now(UTC)), calendar=workspace.calendar)
    if not files:
        return 0
    row = duckdb.execute(f"select count(*) from {rows_of(table, files)} where {clause}").fetchone()
    return int(row[0]) if row else 0


def _fonts(folder: Path) -> Iterator[Check]:
    from okaeri.charts.fonts import font_files

    found = [file for language in ("en", "ja", "ko") for file in font_files(language)]
    missing = [file.name for file in found if not file.exists()]
    words = _("Fonts for English, Japanese and Korean are there.") if not missing else _("Fonts are missing: {names}")
    advice = _("Install okaeri again: `pip install --force-reinstall okaeri`.") if missing else None
    yield Check(name="fonts", found=words.format(names=", ".join(missing)), advice=advice)


def _disk(folder: Path) -> Iterator[Check]:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    advice = None if free > ROOM else _("Make room: an import may want as much again as the lake holds.")
    yield Check(name="disk", found=_("{size} GB free.").format(size=f"{free / 1e9:,.1f}"), advice=advice)


LOOKS: tuple[Callable[[Path], Iterator[Check]], ...] = (
    _python,
    _packages,
    _workspace,
    _engine,
    _erasures,
    _lake,
    _fonts,
    _disk,
)


def _safely(look: Callable[[Path], Iterator[Check]], folder: Path) -> list[Check]:
    """A check that cannot even be made is a failed check, never a traceback."""
    name = look.__name__.strip("_")
    try:
        return list(look(folder))
    except OkaeriError as error:
        if name in ("engine", "erasures", "lake") and _no_workspace(folder):
            return []  # said already by the check before
        return [
            Check(name=name, found=Text("{what}").format(what=error.what), advice=Text("{a}").format(a=error.advice))
        ]
    except Exception as error:  # whatever a damaged file makes a library raise
        advice = _("Restore the workspace from a backup, or import the files into a new one.")
        return [Check(name=name, found=Text("{what}").format(what=error), advice=advice)]


def _no_workspace(folder: Path) -> bool:
    from okaeri.facts.workspace import SETTINGS_FILE

    return not (folder / SETTINGS_FILE).exists()


def _show(checks: list[Check], healthy: bool) -> None:
    for check in checks:
        output.say(f"{'✓' if check.passed else '✗'} {check.found}", style="fine" if check.passed else "wrong")
        if check.advice:
            output.say(f"  {check.advice}", style="try")
    output.say("")
    output.say(_("Everything is in order.") if healthy else _("Something wants mending; see ✗ above."))


def _as_json(check: Check) -> dict[str, object]:
    return {
        "check": check.name,
        "passed": check.passed,
        "found": str(check.found),
        "advice": str(check.advice) if check.advice else None,
    }
