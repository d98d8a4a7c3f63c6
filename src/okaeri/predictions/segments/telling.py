"""Groups of customers in words: what each way of dividing them is called, and what a group's middle is like."""

from __future__ import annotations

from collections.abc import Iterator

from okaeri.base.text import Text, _
from okaeri.base.units import Unit, show
from okaeri.predictions.segments.segmentation import MONEY, Group, Segmentation

SCHEME_NAMES: dict[str, Text] = {
    "rfm": _("By what they bought: how lately, how often, for how much"),
    "lifecycle": _("By where they stand"),
    "value_risk": _("By what they are worth and how likely they leave"),
    "persona": _("By their ways"),
}
FEATURES: dict[str, tuple[Text, Unit, int | None]] = {
    "days_since_last_order": (_("Days since the last order"), Unit.COUNT, None),
    "orders": (_("Orders"), Unit.COUNT, None),
    "revenue": (_("Revenue"), Unit.MONEY, None),
    "days_since_seen": (_("Days since last seen"), Unit.COUNT, None),
    "days_a_customer": (_("Days as a customer"), Unit.COUNT, None),
    "days_gone": (_("Days gone"), Unit.COUNT, None),
    "value": (_("Expected within a year"), Unit.MONEY, None),
    "leaving": (_("Chance of leaving"), Unit.RATE, 0),
    "orders_per_year": (_("Orders a year"), Unit.RATIO, 1),
    "days_known": (_("Days known"), Unit.COUNT, None),
    "basket": (_("Basket"), Unit.MONEY, None),
    "uses_in_90_days": (_("Uses in 90 days"), Unit.COUNT, None),
}
"""What each median is called, its unit and its decimals."""
MIDDLE = _("Beside each group stand its medians: half of the group lies below, half above.")
SEVERAL = _("Where customers of a group buy in different currencies, no amount is given for it.")


def scheme_name(scheme: str) -> Text:
    """What a way of dividing customers is called.

    >>> str(scheme_name("persona"))
    'By their ways'
    """
    return SCHEME_NAMES.get(scheme) or Text(scheme)


def head(found: Segmentation) -> tuple[Text, ...]:
    """The columns of `rows`: the group, how many, and the median of each feature."""
    names = (feature_name(name) for name in _features(found))
    return (_("Group"), _("Customers"), _("Share"), *names)


def rows(found: Segmentation) -> Iterator[tuple[str, ...]]:
    """The groups under `head`, amounts in the currency the group's own customers buy in."""
    for group in found.groups:
        middle = (median(group, name) for name in _features(found))
        yield str(group.name), show(group.n, Unit.COUNT), show(group.share, Unit.RATE), *middle


def notes(found: Segmentation) -> Iterator[Text]:
    """What a reader of the groups must know of the figures beside them."""
    yield MIDDLE
    if MONEY & set(_features(found)) and any(group.currency is None for group in found.groups):
        yield SEVERAL


def median(group: Group, feature: str) -> str:
    """A group's median of a feature in its unit, "–" where nobody's is known."""
    value = group.medians[feature]
    _name, unit, digits = FEATURES.get(feature, (feature, Unit.RATIO, None))
    known = None if value != value else value
    return show(known, unit, currency=(group.currency or None) if unit is Unit.MONEY else None, digits=digits)


def feature_name(feature: str) -> Text:
    """What a feature is called; one that nobody here named stands as it is.

    >>> str(feature_name("basket")), str(feature_name("shoe_size"))
    ('Basket', 'shoe_size')
    """
    return FEATURES[feature][0] if feature in FEATURES else Text(feature)


def _features(found: Segmentation) -> tuple[str, ...]:
    return tuple(found.groups[0].medians) if found.groups else ()
