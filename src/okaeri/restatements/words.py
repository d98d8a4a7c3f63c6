"""Why a figure was restated, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from okaeri.base.text import Text, _
from okaeri.restatements.restatement import Change, Restatement

_FEW = 3


def reasons(restated: Restatement) -> tuple[Text, ...]:
    """What changed between the two tellings, most telling first; never who was erased."""
    found = [*_table_reasons(restated), *_other_reasons(restated)]
    if not found and restated.new_cutoff != restated.old_cutoff:
        found.append(_("No fact of these days or of earlier ones changed; the figure also looks at the days after."))
    return tuple(found) or (_("No fact changed; the settings or the program did."),)


def _table_reasons(restated: Restatement) -> Iterator[Text]:
    for change in restated.changes:
        yield from _of_rows(change) if change.counted else [_not_counted(change)]
        if change.examples:
            yield _("For example {table} {keys}.").format(table=change.table, keys=", ".join(change.examples))
        if change.files:
            names = ", ".join(dict.fromkeys(landed.file for landed in change.files[-_FEW:]))
            yield _("Imported in between: {files}.").format(files=names)


def _of_rows(change: Change) -> Iterator[Text]:
    if change.new or change.replaced or change.gone:
        yield _("{table}: {new} rows new, {replaced} replaced, {gone} gone on these days.").format(
            table=change.table, new=change.new, replaced=change.replaced, gone=change.gone
        )
    if change.earlier:
        yield _("{table}: {n} rows of earlier days changed; they decide who was a customer before.").format(
            table=change.table, n=change.earlier
        )


def _not_counted(change: Change) -> Text:
    return _("{table} changed; its older rows are no longer kept, so they cannot be counted.").format(
        table=change.table
    )


def _other_reasons(restated: Restatement) -> Iterator[Text]:
    if restated.erased_customers:
        yield _("{n} customers were erased at their wish.").format(n=restated.erased_customers)
    if restated.old_presence != restated.new_presence:
        yield _("Who counts as a customer was {old} and is now {new}.").format(
            old=restated.old_presence, new=restated.new_presence
        )
