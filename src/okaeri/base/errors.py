"""The one family of errors: what happened, and what to try."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from okaeri.base.text import Text, _


class OkaeriError(Exception):
    """Something a person can mend: `what` happened and the `advice` that helps.

    >>> str(OkaeriError("The file is empty.", advice="Export it again."))
    'The file is empty. Export it again.'
    """

    def __init__(self, what: Text | str, *, advice: Text | str) -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


def unknown(kind: Text | str, asked: str, known: Collection[str], *, listed_by: str) -> OkaeriError:
    """The error for a name that does not exist, with the nearest name that does.

    >>> str(unknown("metric", "crm", ["crr", "apv"], listed_by="okaeri metrics"))
    "There is no metric called 'crm'. Use 'crr'."
    """
    near = get_close_matches(asked.lower(), list(known), n=1, cutoff=0.6)
    what = _("There is no {kind} called {asked!r}.").format(kind=kind, asked=asked)
    if near:
        return OkaeriError(what, advice=_("Use {near!r}.").format(near=near[0]))
    return OkaeriError(what, advice=_("`{command}` lists them.").format(command=listed_by))
