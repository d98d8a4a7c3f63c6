"""How a run ends, as the number a script reads: one rule for every command."""

from __future__ import annotations

from enum import IntEnum

from okaeri.base.errors import NothingUsable


class Ending(IntEnum):
    """The exit codes.

    >>> [ending.value for ending in Ending]
    [0, 1, 2, 130]
    """

    DONE = 0
    NOTHING = 1  # asked rightly, yet the facts, the file or the machine cannot give it
    MISSED = 1  # a target is not met; the same number, so that a scheduler needs one rule
    WRONG = 2  # the line has to be written differently
    STOPPED = 130  # the shell's own number for Ctrl-C


def ending_of(error: Exception) -> Ending:
    """The ending that an error leads to.

    >>> ending_of(NothingUsable("The file is empty.", advice="Export it again.")).name
    'NOTHING'
    >>> from okaeri.base.errors import OkaeriError
    >>> ending_of(OkaeriError("There is no metric called 'crm'.", advice="Use 'crr'.")).name
    'WRONG'
    """
    return Ending.NOTHING if isinstance(error, NothingUsable | OSError) else Ending.WRONG
