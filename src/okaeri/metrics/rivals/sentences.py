"""One sentence for each rival definition: why it differs from the opening base on this data, with the numbers."""

from __future__ import annotations

from okaeri.base.measurement import Measurement
from okaeri.base.text import Text, _
from okaeri.base.units import Shown, Unit
from okaeri.metrics.rivals.figures import Book, Evidence


def _n(value: float) -> Shown:
    return Shown(value, Unit.COUNT)


def _rate(figure: Measurement) -> Shown:
    return Shown(figure.value, Unit.RATE)


def _money(book: Book | None, *names: str) -> Shown:
    total = sum(book.moved.get(name, 0.0) for name in names) if book else 0.0
    return Shown(total, Unit.MONEY, currency=(book.currency or None) if book else None)


def says_opening(known: Evidence, book: Book | None) -> Text:
    """The opening base is the measure itself."""
    words = _("{lost} of the {cs} customers at the start were gone at the end; all other lines are held against this.")
    return words.format(lost=_n(known.counts["lost"]), cs=_n(known.counts["cs"]))


def says_standard(known: Evidence, book: Book | None) -> Text:
    """Where the standard formula agrees with the opening base."""
    passing = known.counts["came_and_went"]
    if not passing:
        return _("It agrees with the opening base: nobody came and went, and whoever came back in time is not lost.")
    words = _("It agrees with the opening base: the {n} customers who came and went are left out of both.")
    return words.format(n=_n(passing))


def says_gross(known: Evidence, book: Book | None) -> Text:
    """What weighing by money changes."""
    words = _(
        "It weighs customers by money and counts shrinking: {churned} left and {contraction} shrank of {opening}, "
        "while {lost} of {cs} customers left."
    )
    counts = known.counts
    return words.format(
        churned=_money(book, "churned"),
        contraction=_money(book, "contraction"),
        opening=_money(book, "opening"),
        lost=_n(counts["lost"]),
        cs=_n(counts["cs"]),
    )


def says_net(known: Evidence, book: Book | None) -> Text:
    """What growth hides."""
    words = _("{gains} of expansion and reactivation are set against {losses} lost, so growth hides losses.")
    return words.format(gains=_money(book, "expansion", "reactivation"), losses=_money(book, "contraction", "churned"))


def says_daily(known: Evidence, book: Book | None) -> Text:
    """What adding up days changes."""
    words = _(
        "It adds up the rate of each day: {departures} departures against {mean} customers on an average day, "
        "where the opening base sees {lost} against {cs}."
    )
    return words.format(
        departures=_n(known.departures),
        mean=_n(known.mean_base),
        lost=_n(known.counts["lost"]),
        cs=_n(known.counts["cs"]),
    )


def says_total(known: Evidence, book: Book | None) -> Text:
    """Whom the total base lets in."""
    words = _(
        "{joined} customers joined in the period and enlarge the base to {total}; {passing} of them came and went and "
        "count as churned. Its page leaves open which customers the total holds: here all of the period."
    )
    return words.format(**_joined(known))


def says_stripe(known: Evidence, book: Book | None) -> Text:
    """Whom the stated total base lets in."""
    words = _(
        "Its page says it: {joined} customers who joined enlarge the base to {total}, and {passing} of them who left "
        "again count as churned."
    )
    return words.format(**_joined(known))


def _joined(known: Evidence) -> dict[str, Shown]:
    joined, passing = known.counts["cn"] + known.counts["came_and_went"], known.counts["came_and_went"]
    return {"joined": _n(joined), "total": _n(known.total), "passing": _n(passing)}


def says_same_window(known: Evidence, book: Book | None) -> Text:
    """Whom only the same window sees."""
    passing = known.counts["came_and_went"]
    if not passing:
        return _("Nobody came and went inside the period, so it agrees with the opening base.")
    words = _("Came and went inside the period: {n}. They count on top, but not in the base of {cs}.")
    return words.format(n=_n(passing), cs=_n(known.counts["cs"]))


def says_retained(known: Evidence, book: Book | None) -> Text:
    """Who stayed."""
    words = _("{retained} of the {cs} customers at the start were still there at the end.")
    return words.format(retained=_n(known.counts["retained"]), cs=_n(known.counts["cs"]))


def says_net_retention(known: Evidence, book: Book | None) -> Text:
    """What money and growth change."""
    words = _(
        "It weighs by money and lets growth in: {expansion} of expansion and {reactivation} of customers who came "
        "back. Its page prints it by cohort; here it is 1 − its net churn of the period."
    )
    return words.format(expansion=_money(book, "expansion"), reactivation=_money(book, "reactivation"))


def says_daily_retention(known: Evidence, book: Book | None) -> Text:
    """What the daily formula leaves."""
    words = _(
        "Its pages give this formula for churn only; here it is 1 − that churn, and {departures} departures count "
        "where the opening base counts {lost}."
    )
    return words.format(departures=_n(known.departures), lost=_n(known.counts["lost"]))


def says_total_retention(known: Evidence, book: Book | None) -> Text:
    """What the total base leaves."""
    words = _(
        "Its pages print retention by cohort and define none of a period; here it is 1 − its churn rate, so the "
        "{joined} customers who joined count as kept unless they left again."
    )
    return words.format(**_joined(known))


def says_baremetrics_nrr(known: Evidence, book: Book | None) -> Text:
    """What money changes, as far as the page says."""
    words = _(
        "It weighs by money: {churned} left and {expansion} grew. Its page does not name shrinking, so {contraction} "
        "of contraction is left out here."
    )
    return words.format(
        churned=_money(book, "churned"), expansion=_money(book, "expansion"), contraction=_money(book, "contraction")
    )


def says_opening_ltv(known: Evidence, book: Book | None) -> Text:
    """Whose money and whose churn."""
    words = _("Customers and money at the start, churn of those who paid then: {left} of {paying} left.")
    left, paying = (book.moved.get(name, 0.0) if book else 0.0 for name in ("churned_customers", "paying_start"))
    return words.format(left=_n(left), paying=_n(paying))


def says_chartmogul_ltv(known: Evidence, book: Book | None) -> Text:
    """Which months' churn."""
    words = _(
        "Money at the end of the month over the mean churn of the months before it: {mean} over {months} of six "
        "months, where this month's is {now}. No margin is taken off."
    )
    trailing = known.trailing_churn
    return words.format(
        mean=Shown(trailing[0] if trailing else None, Unit.RATE), months=_n(len(known.earlier)), now=_rate(known.churn)
    )


def says_posthog_ltv(known: Evidence, book: Book | None) -> Text:
    """Which churn rate, on which base."""
    words = _("The churn rate below is {rate} on the base of {total}, not {opening}; no margin is taken off.")
    return words.format(rate=_rate(known.total_base), total=_n(known.total), opening=_rate(known.churn))


def says_baremetrics_ltv(known: Evidence, book: Book | None) -> Text:
    """Which churn rate, with whom in it."""
    words = _("The churn rate below is {rate} with those who came and went, not {opening}; no margin is taken off.")
    return words.format(rate=Shown(known.same_window.value, Unit.RATE), opening=_rate(known.churn))
