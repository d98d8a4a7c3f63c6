"""What the library says with a command of the shell, as people read it who may never have seen one."""

from __future__ import annotations

from okaeri.base.text import Text, _
from okaeri.outlook import NOT_FORETOLD, NOT_LEARNED
from okaeri.predictions.risk.record import NOTHING_KEPT
from okaeri.remembering import TOLD_ANEW

HERE: dict[str, Text] = {
    NOT_LEARNED.message: _("Who may leave has not been learned lately."),
    NOT_FORETOLD.message: _("This has not been foretold lately."),
    NOTHING_KEPT.message: _("No prediction has been kept yet."),
    TOLD_ANEW.message: _("{n} past figures are not what they were when last measured; Restatements shows why."),
}
"""Sentences of the library, and those that stand in their place on pages."""


def said_here(sentence: Text | str) -> str:
    """A sentence of the library in the current language, without the command it may name."""
    if isinstance(sentence, str):
        return next((str(here) for there, here in HERE.items() if str(Text(there)) == sentence), sentence)
    here = HERE.get(sentence.message)
    return str(Text(here.message, sentence.values) if here else sentence)
