"""The reference pages, written from the declarations themselves: one per metric and one of all tables.

`python -m okaeri.metrics.reference FOLDER` writes them; a test keeps the written ones current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from okaeri.base.text import use_language
from okaeri.facts.contracts import TABLES, Table
from okaeri.metrics import METRICS
from okaeri.metrics.metric import Metric

_NOTE = "<!-- Written by `python3 dev.py tidy` from the declarations; change those instead. -->\n"


def pages() -> dict[str, str]:
    """Every reference page by its path inside the reference folder, as Markdown in English.

    >>> sorted(pages())[:2]
    ['README.md', 'metrics/apf.md']
    """
    with use_language("en"):
        metrics = {f"metrics/{metric.id}.md": metric_page(metric) for metric in METRICS.values()}
        return {"README.md": _contents(), **metrics, "tables.md": tables_page(TABLES)}


def write(folder: Path) -> None:
    """Write every page into `folder` and remove the pages of metrics that are gone."""
    written = {folder / name: text for name, text in pages().items()}
    for old in set(folder.glob("metrics/*.md")) - set(written):
        old.unlink()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def metric_page(metric: Metric) -> str:
    """One metric as a page: what it means, a worked example, what to mind, and the query."""
    return "\n".join([_NOTE, *_metric_lines(metric)])


def tables_page(tables: Mapping[str, Table]) -> str:
    """Every table of facts with a sentence per column."""
    lines = [_NOTE, "# Tables", "", "What `okaeri import FILE --as TABLE` can fill. Columns in bold must be there."]
    for table in tables.values():
        lines += ["", f"## {table.name}", "", f"{table.doc} Key: {_names(table.key)}.", ""]
        lines += ["| Column | Type | What it holds |", "| --- | --- | --- |"]
        for column in table.columns:
            name = f"**{column.name}**" if column.required else column.name
            lines.append(f"| {name} | {column.type.value} | {column.doc} |")
    return "\n".join([*lines, ""])


def _contents() -> str:
    head = ["# Reference", "", "[Every table of facts and its columns](tables.md).", ""]
    columns = ["| Metric | Name | What it says |", "| --- | --- | --- |"]
    rows = [f"| [{m.id}](metrics/{m.id}.md) | {m.label} | {m.definition} |" for m in METRICS.values()]
    return "\n".join([_NOTE, *head, *columns, *rows, ""])


def _metric_lines(metric: Metric) -> Iterator[str]:
    yield from (f"# {metric.label}", "", str(metric.definition), "")
    yield from ("| | |", "| --- | --- |")
    yield f"| Id and version | `{metric.id}`, version {metric.version} |"
    yield f"| Unit | {metric.unit.value} |"
    yield f"| Better | {metric.better or 'neither way'} |"
    yield f"| Formula | {metric.formula} |"
    yield f"| Interval | {metric.interval} |"
    yield f"| Source | {metric.source} |"
    yield f"| Reads | {_names(metric.needs)} |"
    yield from ("", "## Worked example", "")
    yield from (f"- {name} = {value:,g}" for name, value in metric.example.inputs.items())
    yield from ("", f"The answer is **{metric.example.expect:,.6g}**.", "")
    if metric.caveats:
        yield from ("## Mind", "", *(f"- {caveat}" for caveat in metric.caveats), "")
    yield from ("## Query", "", "```sql", metric.sql.rstrip(), "```", "")


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
