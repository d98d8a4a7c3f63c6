"""A workspace: one organisation, one folder, one settings file that people may edit.

What the lake holds is in `lake`; nothing here reads a fact.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okaeri.base.calendar import Calendar
from okaeri.base.errors import OkaeriError, unknown
from okaeri.base.text import _
from okaeri.facts.locks import held
from okaeri.facts.rules import Rules, rules_of

if TYPE_CHECKING:
    import tomlkit

SETTINGS_FILE = "okaeri.toml"
_SECTIONS = ("mapping", "surveys", "date_order", "rules", "targets", "spark", "web")  # what is no plain setting


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a workspace has decided; every field is a key of `okaeri.toml`.

    `presence` is `auto`, `subscriptions`, `orders:90d`, `orders:auto` or `events:30d`; `returns` is `net`
    (returns lower revenue) or `apart`; `threads` 0 means every core; `memory_limit` is DuckDB's, "" its default.
    `engine` is `duckdb`, or `spark` for questions on a cluster, which the section `[spark]` describes.

    >>> Settings(zone="Asia/Tokyo").currency
    ''
    """

    name: str = ""
    zone: str = "UTC"
    week_start: int = 0
    fiscal_month: int = 1
    currency: str = ""
    presence: str = "auto"
    grace_days: int = 0
    returns: str = "net"
    threads: int = 0
    memory_limit: str = ""
    engine: str = "duckdb"

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name), type(field.default))
        if self.returns not in ("net", "apart"):
            raise unknown(
                _("way of treating returns"), self.returns, ["net", "apart"], listed_by="okaeri import --help"
            )
        if self.engine not in ("duckdb", "spark"):
            raise unknown(_("engine"), self.engine, ["duckdb", "spark"])
        if self.grace_days < 0 or self.threads < 0:
            raise OkaeriError(
                _("Grace days and threads cannot be negative."),
                advice=_("Mend them in `okaeri.toml`; 0 is the default."),
            )


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace: its folder and its settings.

    >>> import tempfile
    >>> Workspace.create(Path(tempfile.mkdtemp()) / "shop", zone="Asia/Seoul").settings.zone
    'Asia/Seoul'
    """

    path: Path
    settings: Settings

    @classmethod
    def create(cls, path: Path | str, **settings: Any) -> Workspace:
        """Make the folder and its settings file; an existing workspace is an error.

        Raises `OkaeriError` when there is a workspace already or a setting is wrong.
        """
        folder = Path(path)
        if (folder / SETTINGS_FILE).exists():
            raise OkaeriError(
                _("There is a workspace in {path} already.").format(path=folder),
                advice=_("Use it as it is, or name another folder with --workspace."),
            )
        workspace = cls(folder, _settings_from({"name": folder.resolve().name, **settings}))
        Calendar(zone=workspace.settings.zone)  # an unknown zone is refused before anything is written
        for part in ("lake", "quarantine", "imports"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        workspace.save(workspace.settings)
        return workspace

    @classmethod
    def open(cls, path: Path | str) -> Workspace:
        """Open the workspace in a folder.

        Raises `OkaeriError` when there is none, or its settings cannot be read.
        """
        folder = Path(path)
        if not (folder / SETTINGS_FILE).exists():
            raise OkaeriError(
                _("There is no workspace in {path}.").format(path=folder),
                advice=_("Make one with `okaeri init --workspace {path}`.").format(path=folder),
            )
        document = _read(folder / SETTINGS_FILE)
        return cls(folder, _settings_from({k: v for k, v in document.items() if k not in _SECTIONS}))

    @property
    def calendar(self) -> Calendar:
        """How this workspace cuts time."""
        chosen = self.settings
        return Calendar(zone=chosen.zone, week_start=chosen.week_start, fiscal_month=chosen.fiscal_month)

    @property
    def rules(self) -> Rules:
        """The cuts, windows, hours and prices of `[rules]`; raises `OkaeriError` when one cannot be read."""
        return rules_of(self.section("rules"))

    def save_rules(self, values: Mapping[str, Any]) -> None:
        """Write rules into `[rules]`, keeping the others; raises `OkaeriError` for one that cannot be read."""
        changed = {**self.section("rules"), **values}
        rules_of(changed)
        self._write({"rules": changed})

    def section(self, name: str) -> dict[str, Any]:
        """One section of the settings file as it is written, empty when there is none."""
        return dict(_read(self.path / SETTINGS_FILE).get(name, {}))

    def entries(self, name: str) -> list[dict[str, Any]]:
        """The tables of a list such as `[[targets]]`, in order; raises `OkaeriError` when it is no such list."""
        found = _read(self.path / SETTINGS_FILE).get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise OkaeriError(
                _("{name} in okaeri.toml is no list of tables.").format(name=name),
                advice=_("Begin each of them with a line [[{name}]].").format(name=name),
            )
        return [dict(each) for each in found]

    def save_entries(self, name: str, entries: Sequence[Mapping[str, Any]]) -> None:
        """Write the tables of a list; those that stay as they are keep the comments people wrote in them."""
        import tomlkit

        def change(document: tomlkit.TOMLDocument) -> None:
            listed = document.setdefault(name, tomlkit.aot())
            for place in reversed(range(len(listed))):
                if listed[place].unwrap() not in entries:
                    del listed[place]
            there = [table.unwrap() for table in listed]
            for entry in entries:
                if entry not in there:
                    table = tomlkit.table()
                    table.update(entry)
                    table.add(tomlkit.nl())
                    listed.append(table)
            if not listed:
                del document[name]

        self._rewrite(change)

    @contextmanager
    def editing(self) -> Iterator[None]:
        """Be the only one who changes the settings, from reading them to writing them."""
        with held(self.lake_path / ".locks" / ".settings"):
            yield

    @property
    def lake_path(self) -> Path:
        """Where the facts lie."""
        return self.path / "lake"

    def save(self, settings: Settings) -> Workspace:
        """Write the settings, keeping what people added by hand, and return the workspace that has them."""
        self._write(asdict(settings))
        return replace(self, settings=settings)

    def mapping(self, table: str) -> dict[str, str]:
        """The saved column mapping of a table: column → header or arithmetic on headers."""
        document = _read(self.path / SETTINGS_FILE)
        return dict(document.get("mapping", {}).get(table, {}))

    def save_mapping(self, table: str, mapping: Mapping[str, str]) -> None:
        """Remember a column mapping for the next file of this table."""
        saved = _read(self.path / SETTINGS_FILE).get("mapping", {})
        if saved.get(table) != dict(mapping):
            self._write({"mapping": {**saved, table: dict(mapping)}})

    def survey(self, table: str) -> dict[str, Any]:
        """How the last file with a column per question was read, empty when there was none."""
        return dict(self.section("surveys").get(table, {}))

    def save_survey(self, table: str, survey: Mapping[str, Any]) -> None:
        """Remember how a file with a column per question was read."""
        saved = self.section("surveys")
        if saved.get(table) != dict(survey):
            self._write({"surveys": {**saved, table: dict(survey)}})

    def date_order(self, table: str) -> str | None:
        """The order of day and month once given for a table's files: `ymd`, `dmy` or `mdy`."""
        found = _read(self.path / SETTINGS_FILE).get("date_order", {}).get(table)
        return None if found is None else str(found)

    def save_date_order(self, table: str, order: str) -> None:
        """Remember the order of day and month for the next file of this table."""
        saved = _read(self.path / SETTINGS_FILE).get("date_order", {})
        if saved.get(table) != order:
            self._write({"date_order": {**saved, table: order}})

    def _write(self, values: Mapping[str, Any]) -> None:
        self._rewrite(lambda document: document.update(values))

    def _rewrite(self, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
        import tomlkit  # only when settings change; it keeps comments

        target = self.path / SETTINGS_FILE
        document = tomlkit.parse(target.read_text("utf-8")) if target.exists() else tomlkit.document()
        change(document)
        handle, name = tempfile.mkstemp(dir=self.path, prefix=".okaeri-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(tomlkit.dumps(document))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, target)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OkaeriError(
            _("{path} cannot be read: {why}.").format(path=path, why=error),
            advice=_("Mend that line, or move the file away and run `okaeri init`."),
        ) from None


def _settings_from(values: Mapping[str, Any]) -> Settings:
    known = [field.name for field in fields(Settings)]
    for name in values:
        if name not in known:
            raise unknown(_("setting"), name, known, listed_by="okaeri init --help")
    return Settings(**values)


def _check_type(name: str, value: object, expected: type) -> None:
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise OkaeriError(
            _("The setting {name} is {value!r}.").format(name=name, value=value),
            advice=_("It must be a whole number.") if expected is int else _("It must be text."),
        )
