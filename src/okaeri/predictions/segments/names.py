"""What the groups are called: from the machine name kept with a customer to words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from okaeri.base.text import Text, _

RFM_NAMES: Mapping[str, Text] = {
    "champions": _("Champions"),
    "loyal": _("Loyal customers"),
    "potential_loyal": _("May become loyal"),
    "new": _("New customers"),
    "promising": _("Promising"),
    "needs_attention": _("Need attention"),
    "about_to_sleep": _("About to fall asleep"),
    "cannot_lose": _("Not to be lost"),
    "at_risk": _("At risk"),
    "hibernating": _("Hibernating"),
}
LIFECYCLE_NAMES: Mapping[str, Text] = {
    "new": _("New"),
    "active": _("Active"),
    "returning": _("Back again"),
    "slipping": _("Slipping away"),
    "lapsed": _("Lapsed"),
}
_VALUE: Mapping[str, Text] = {
    "high_value": _("High value"),
    "middle_value": _("Middle value"),
    "low_value": _("Low value"),
}
_RISK: Mapping[str, Text] = {
    "high_risk": _("high risk"),
    "middle_risk": _("middle risk"),
    "low_risk": _("low risk"),
}
VALUE_RISK_NAMES: Mapping[str, Text] = {
    f"{value}_{risk}": _("{value}, {risk}").format(value=_VALUE[value], risk=_RISK[risk])
    for value in _VALUE
    for risk in _RISK
}
TRAITS: Mapping[str, tuple[Text, Text]] = {
    "orders_per_year": (_("rare orders"), _("frequent orders")),
    "basket": (_("small baskets"), _("large baskets")),
    "days_since_last_order": (_("bought lately"), _("quiet lately")),
    "days_known": (_("known briefly"), _("known for long")),
    "uses_in_90_days": (_("little use"), _("heavy use")),
}
"""What a low and a high value of each persona feature is called."""
TYPICAL = "typical"
LOW, HIGH, AND, SAME = "low_", "high_", "-", "~"
_NAMES: Mapping[str, Mapping[str, Text]] = {
    "rfm": RFM_NAMES,
    "lifecycle": LIFECYCLE_NAMES,
    "value_risk": VALUE_RISK_NAMES,
}
_JOINED = {2: _("{a}, {b}"), 3: _("{a}, {b}, {c}")}


def label_name(scheme: str, label: str) -> Text:
    """The words for a label; one that nobody here gave stands as it is.

    >>> str(label_name("rfm", "champions")), str(label_name("my own", "vip"))
    ('Champions', 'vip')
    >>> str(label_name("persona", "high_orders_per_year-low_basket"))
    'frequent orders, small baskets'
    """
    if scheme == "persona":
        return _persona(label)
    return _NAMES.get(scheme, {}).get(label) or Text(label)


def _persona(label: str) -> Text:
    base, number = _numbered(label)
    if number:
        return _("{a} ({number})").format(a=_persona(base), number=number)
    if label == TYPICAL:
        return _("like most")
    traits = [_trait(part) for part in label.split(AND)]
    if len(traits) == 1:
        return traits[0]
    named = dict(zip("abc", traits, strict=False))
    return _JOINED[len(traits)].format(**named) if len(traits) in _JOINED else Text(label)


def _numbered(label: str) -> tuple[str, str]:
    """A label without the number that tells it apart from others of its name, and the number."""
    base, mark, number = label.rpartition(SAME)
    return (base, number) if mark else (label, "")


def _trait(part: str) -> Text:
    high = part.startswith(HIGH)
    feature = part.removeprefix(HIGH if high else LOW)
    if feature in TRAITS:
        return TRAITS[feature][high]
    return (_("high {feature}") if high else _("low {feature}")).format(feature=feature)
