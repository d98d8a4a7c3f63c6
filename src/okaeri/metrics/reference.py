"""The reference pages in three languages, written from the declarations: one per metric and one of all tables.

`python -m okaeri.metrics.reference FOLDER` writes them; a test keeps the written ones current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from okaeri.base.text import LANGUAGES, _, use_language
from okaeri.facts.contracts import TABLES, Table
from okaeri.metrics import METRICS
from okaeri.metrics.families import FAMILIES
from okaeri.metrics.metric import Metric

_NOTE = "<!-- Written by `python3 dev.py tidy` from the declarations; change those instead. -->\n"
_NAMES = {"en": "English", "ja": "日本語", "ko": "한국어"}


def pages() -> dict[str, str]:
    """Every reference page by its path inside the reference folder, as Markdown.

    >>> sorted(pages())[:2]
    ['README.md', 'en/README.md']
    """
    listed = "".join(f"- [{_NAMES[language]}]({language}/README.md)\n" for language in LANGUAGES)
    found = {"README.md": f"{_NOTE}\n# Reference · リファレンス · 레퍼런스\n\n{listed}"}
    for language in LANGUAGES:
        with use_language(language):
            metrics = {f"metrics/{metric.id}.md": metric_page(metric) for metric in METRICS.values()}
            here = {"README.md": _contents(), **metrics, "tables.md": tables_page(TABLES)}
        found |= {f"{language}/{path}": text for path, text in here.items()}
    return found


def write(folder: Path) -> None:
    """Write every page into `folder` and remove the pages of metrics that are gone."""
    written = {folder / name: text for name, text in pages().items()}
    for old in set(folder.rglob("*.md")) - set(written):
        old.unlink()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def metric_page(metric: Metric) -> str:
    """One metric as a page: what it means, a worked example, what to mind, and the query."""
    return "\n".join([_NOTE, *_metric_lines(metric)])


def tables_page(tables: Mapping[str, Table]) -> str:
    """Every table of facts with a sentence per column."""
    lines = [_NOTE, f"# {_('Tables')}", ""]
    lines.append(str(_("What `okaeri import FILE --as TABLE` can fill. Columns in bold must be there.")))
    for table in tables.values():
        key = _("Key: {columns}.").format(columns=_names(table.key))
        lines += ["", f"## {table.name}", "", f"{table.doc} {key}", ""]
        lines += [_row(_("Column"), _("Type"), _("What it holds")), "| --- | --- | --- |"]
        for column in table.columns:
            name = f"**{column.name}**" if column.required else column.name
            lines.append(_row(name, column.type.value, column.doc))
    return "\n".join([*lines, ""])


def _contents() -> str:
    lines = [f"# {_('Reference')}", "", f"[{_('Every table of facts and its columns')}](tables.md)", ""]
    for family, title in FAMILIES.items():
        lines += [f"## {title}", "", _row(_("Metric"), _("Name"), _("What it says")), "| --- | --- | --- |"]
        members = [metric for metric in METRICS.values() if metric.family == family]
        lines += [_row(f"[{m.id}](metrics/{m.id}.md)", m.label, m.definition) for m in members]
        lines.append("")
    return "\n".join([_NOTE, *lines])


def _metric_lines(metric: Metric) -> Iterator[str]:
    yield from (f"# {metric.label}", "", str(metric.definition), "")
    yield from ("| | |", "| --- | --- |")
    yield _row(_("Id and version"), f"`{metric.id}`, {metric.version}")
    yield _row(_("Unit"), metric.unit.value)
    yield _row(_("Better"), _BETTER[metric.better])
    yield _row(_("Formula"), metric.formula)
    yield _row(_("Interval"), metric.interval)
    yield _row(_("Source"), metric.source)
    if metric.facts:
        yield _row(_("Needs the tables"), _names(metric.facts))
    yield _row(_("Reads"), _names(metric.needs))
    yield from ("", f"## {_('Worked example')}", "")
    yield from (f"- {name} = {value:,g}" for name, value in metric.example.inputs.items())
    yield from ("", str(_("The answer is {value}.").format(value=f"**{metric.example.expect:,.6g}**")), "")
    if metric.caveats:
        yield from (f"## {_('Mind')}", "", *(f"- {caveat}" for caveat in metric.caveats), "")
    yield from (f"## {_('Query')}", "", "```sql", metric.sql.rstrip(), "```", "")


_BETTER = {"higher": _("higher"), "lower": _("lower"), None: _("neither way")}


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
