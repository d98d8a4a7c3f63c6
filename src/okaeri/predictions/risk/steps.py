"""The next best step for a customer at risk: what their strongest reason calls for.

A plain table that people can read and argue with, not a model; whether a step helps is for a trial to say.
"""

from __future__ import annotations

from collections.abc import Sequence

from okaeri.base.text import Text, _
from okaeri.predictions.churn.examples import Feature

BY_FEATURE: dict[str, Text] = {
    "end_reason": _("Ask why the contract ended, and offer an easy way back."),
    "contracts_running": _("Ask why the contract ended, and offer an easy way back."),
    "days_without_contract": _("Ask why the contract ended, and offer an easy way back."),
    "days_since_price_rise": _("Say what the higher price pays for, or offer a plan that costs what the old one did."),
    "price_rise": _("Say what the higher price pays for, or offer a plan that costs what the old one did."),
    "payment_failures": _("Ask for another way to pay before anything is cut off."),
    "leaving_signs": _("Call before they decide, and ask what would make them stay."),
    "tickets_90d:": _("Ask whether the trouble they wrote about is over, and make good what went wrong."),
}
"""By how the id of the feature begins; these go before the steps of their theme."""
BY_THEME: dict[str, Text] = {
    "support": _("Answer what is still open today, and let one person own it until it is settled."),
    "voice": _("Call and ask what went wrong; say what you will change, and by when."),
    "contract": _("Talk about the renewal before it comes, and offer a plan that fits their use."),
    "onboarding": _("Help with the next step of getting started, in person if you can."),
    "use": _("Show one thing that is worth their while and that they have not tried."),
    "buying": _("Remind them of what they usually buy, at about the time they usually buy it."),
    "programme": _("Tell them what the loyalty programme would give them for what they buy anyway."),
    "touches": _("Write less often, and only about what concerns them."),
}
ASK = _("Ask how things are going; nothing in particular stands out.")
NONE_NEEDED = _("No step beyond the usual: they are less likely to leave than most.")


def next_step(reasons: Sequence[Feature], *, chance: float, usual: float) -> Text:
    """The step that the strongest reason calls for; none where the chance of leaving is below the usual one.

    >>> str(next_step([], chance=0.4, usual=0.1))
    'Ask how things are going; nothing in particular stands out.'
    """
    if chance < usual:
        return NONE_NEEDED
    for feature in reasons:
        own = next((step for start, step in BY_FEATURE.items() if feature.id.startswith(start)), None)
        if own or feature.theme in BY_THEME:
            return own or BY_THEME[feature.theme]
    return ASK
