"""The next best step for a customer at risk: what the strongest reason of each theme calls for.

A plain table that people can read and argue with, not a model.
"""

from __future__ import annotations

from collections.abc import Iterable

from okaeri.base.text import Text, _

STEPS: dict[str, Text] = {
    "support": _("Answer what is still open today, and let one person own it until it is settled."),
    "voice": _("Call and ask what went wrong; say what you will change, and by when."),
    "contract": _("Talk about the renewal before it comes, and offer a plan that fits their use."),
    "onboarding": _("Help with the next step of getting started, in person if you can."),
    "use": _("Show one thing that is worth their while and that they have not tried."),
    "buying": _("Remind them of what they usually buy, at about the time they usually buy it."),
    "programme": _("Tell them what their points are worth before these expire."),
    "touches": _("Write less often, and only about what concerns them."),
    "profile": _("Ask how things are going; nothing in particular stands out."),
}
DEFAULT = _("Ask how things are going; nothing in particular stands out.")


def next_step(themes: Iterable[str]) -> Text:
    """The step for the first theme, from the strongest reason to the weakest, that calls for one.

    >>> str(next_step(["support", "buying"]))
    'Answer what is still open today, and let one person own it until it is settled.'
    """
    return next((STEPS[theme] for theme in themes if theme in STEPS), DEFAULT)
