"""What the library says with a command of the shell, as people read it who may never have seen one."""

from __future__ import annotations

from okaeri.base.text import Text, _
from okaeri.outlook import NOT_FORETOLD, NOT_LEARNED
from okaeri.predictions.risk.record import NOTHING_KEPT

_HERE: dict[Text, Text] = {
    NOT_LEARNED: _("Who may leave has not been learned lately."),
    NOT_FORETOLD: _("This has not been foretold lately."),
    NOTHING_KEPT: _("No prediction has been kept yet."),
}


def said_here(sentence: str) -> str:
    """A sentence in the current language, without the command it may name."""
    return next((str(here) for there, here in _HERE.items() if str(there) == sentence), sentence)
