"""`okaeri tables` and `okaeri metrics`: what is there to work with."""

from __future__ import annotations

from typing import Annotated

import typer

from okaeri.base.errors import unknown
from okaeri.base.text import _
from okaeri.base.units import Unit, show
from okaeri.cli import output
from okaeri.cli.help import argument, described
from okaeri.cli.init import next_step
from okaeri.cli.session import Session, session_of


@described(
    "tables",
    _("Show what the workspace holds, or the columns of one table."),
    details=_(
        "With a table's name it shows that table's columns, which is what --map of `okaeri import` wants to know."
    ),
    examples=(
        ("okaeri tables", _("Every table and how many rows it has")),
        ("okaeri tables orders", _("The columns an order may have")),
    ),
)
def tables(
    context: typer.Context,
    table: Annotated[str | None, argument("TABLE", _("A table whose columns to show."))] = None,
) -> None:
    """List the tables, or the columns of one."""
    session = session_of(context)
    if table is None:
        _all_tables(session)
    else:
        _one_table(table, session)


@described(
    "metrics",
    _("List every figure that can be measured."),
    examples=(("okaeri metrics", _("All of them")), ("okaeri explain crr", _("One of them in full"))),
)
def metrics(context: typer.Context) -> None:
    """List the metrics."""
    from rich.text import Text

    from okaeri.metrics import METRICS
    from okaeri.metrics.families import FAMILIES

    session = session_of(context)
    if session.as_json:
        output.emit(
            {
                "metrics": [
                    {
                        "metric": m.id,
                        "family": m.family,
                        "version": m.version,
                        "label": str(m.label),
                        "unit": m.unit.value,
                        "better": m.better,
                        "definition": str(m.definition),
                    }
                    for m in METRICS.values()
                ]
            }
        )
        return
    grid = output.grid([_("Metric"), _("Name"), _("What it says")])
    for family, title in FAMILIES.items():
        members = [metric for metric in METRICS.values() if metric.family == family]
        grid.add_row("", Text(str(title), style="bold"), "", end_section=False)
        for metric in members:
            grid.add_row(metric.id, str(metric.label), str(metric.definition), end_section=metric is members[-1])
    grid.columns[0].no_wrap = True
    output.show_table(grid)
    output.remark(_("  Next: {command}").format(command="okaeri explain crr"), style="try")


def _all_tables(session: Session) -> None:
    from okaeri.facts.contracts import TABLES
    from okaeri.facts.lake import Lake

    workspace = session.open()
    lake = Lake(workspace.lake_path)
    landed = set(lake.tables())
    held = [
        {"table": name, "rows": lake.rows(name), "version": lake.version(name), "holds": str(TABLES[name].doc)}
        for name in TABLES
        if name in landed
    ]
    if session.as_json:
        output.emit({"workspace": str(workspace.path), "name": workspace.settings.name, "tables": held})
        return
    if not held:
        output.say(_("The workspace {name} is still empty.").format(name=workspace.settings.name))
        step = next_step("import FILE --as orders", session.workspace)
        output.say(_("  Next: {command}").format(command=step), style="try")
        return
    title = _("What {name} holds").format(name=workspace.settings.name)
    grid = output.grid([_("Name"), _("Rows"), _("What it holds")], numbers=[1])
    for row in held:
        grid.add_row(str(row["table"]), show(float(str(row["rows"])), Unit.COUNT), str(row["holds"]))
    output.show_table(grid, title=title)


def _one_table(name: str, session: Session) -> None:
    from okaeri.facts.contracts import TABLES

    if name not in TABLES:
        raise unknown(_("table"), name, TABLES, listed_by="okaeri tables")
    table = TABLES[name]
    columns = [
        {
            "column": c.name,
            "type": str(getattr(c.type, "value", c.type)),
            "required": c.required,
            "key": c.name in table.key,
            "holds": str(c.doc),
        }
        for c in table.columns
    ]
    if session.as_json:
        output.emit({"table": name, "holds": str(table.doc), "columns": columns})
        return
    grid = output.grid([_("Column"), _("Type"), _("Must be there"), _("What it holds")])
    for column in columns:
        grid.add_row(
            str(column["column"]),
            str(column["type"]),
            str(_("yes")) if column["required"] else "",
            str(column["holds"]),
        )
    output.show_table(grid, title=table.doc)
