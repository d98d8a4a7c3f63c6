"""The one family of errors: what happened, and what to try."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from itertools import islice

from okaeri.base.text import Text, _

_LISTED = 40


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


class NothingUsable(OkaeriError):
    """What was asked for was right, yet nothing usable came of it; asking in other words would not help.

    >>> isinstance(NothingUsable("The file is empty.", advice="Export it again."), OkaeriError)
    True
    """


def unknown(kind: Text | str, asked: str, known: Collection[str], *, listed_by: str | None = None) -> OkaeriError:
    """The error for a name that does not exist, with the nearest name that does.

    Without a command that lists the names, the advice does.

    >>> str(unknown("metric", "crm", ["crr", "apv"], listed_by="okaeri metrics"))
    "There is no metric called 'crm'. Use 'crr'."
    >>> str(unknown("header", "Nope", ["Quantity", "Price"]))
    "There is no header called 'Nope'. There are: Quantity, Price."
    """
    folded = {name.casefold(): name for name in known}
    near = [folded[name] for name in get_close_matches(asked.casefold(), list(folded), n=1, cutoff=0.6)]
    what = _("There is no {kind} called {asked!r}.").format(kind=kind, asked=asked)
    names = ", ".join(islice(known, _LISTED)) + (" …" if len(known) > _LISTED else "")
    if near and listed_by is None:
        return OkaeriError(what, advice=_("Use {near!r}; there are: {names}.").format(near=near[0], names=names))
    if near:
        return OkaeriError(what, advice=_("Use {near!r}.").format(near=near[0]))
    if listed_by is None:
        return OkaeriError(what, advice=_("There are: {names}.").format(names=names))
    return OkaeriError(what, advice=_("`{command}` lists them.").format(command=listed_by))
