"""Notes on days, for the charts: another room keeps them and offers them here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from okaeri.charts.annotated import Mark, annotated
from okaeri.reports.contents import FigureBlock, Report, Section

_OFFERED: list[Callable[[], Sequence[Mark]]] = []


def listen_to(offer: Callable[[], Sequence[Mark]]) -> None:
    """Ask `offer` whenever charts are drawn."""
    if offer not in _OFFERED:
        _OFFERED.append(offer)


def marks() -> tuple[Mark, ...]:
    """Every note on a day there is."""
    return tuple(mark for offer in _OFFERED for mark in offer())


def marked(report: Report, found: Sequence[Mark]) -> Report:
    """The report with the notes on its charts over time."""
    return replace(report, sections=tuple(marked_section(section, found) for section in report.sections))


def marked_section(section: Section, found: Sequence[Mark]) -> Section:
    """One part of a report with the notes on its charts over time."""
    return replace(section, blocks=tuple(_block(block, found) for block in section.blocks)) if found else section


def _block(block: FigureBlock, found: Sequence[Mark]) -> FigureBlock:
    if block.figure is None:
        return block
    return replace(block, figure=annotated(block.figure, block.result, marks=found))
