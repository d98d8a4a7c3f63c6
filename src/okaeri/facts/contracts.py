"""The tables of facts: what each column means, which make the key, and which says when it happened."""

from __future__ import annotations

from okaeri.base.errors import unknown
from okaeri.base.text import Text, _
from okaeri.facts.table import Column, ColumnType, Rule, Table

__all__ = ["TABLES", "Column", "ColumnType", "Table", "table_of"]

_TEXT, _INSTANT, _DAY = ColumnType.TEXT, ColumnType.INSTANT, ColumnType.DAY
_NUMBER, _AMOUNT, _INTEGER = ColumnType.NUMBER, ColumnType.AMOUNT, ColumnType.INTEGER
_FLAG, _JSON = ColumnType.FLAG, ColumnType.JSON


def _must(name: str, kind: ColumnType, doc: Text) -> Column:
    return Column(name, kind, required=True, doc=doc)


def _may(name: str, kind: ColumnType, doc: Text, default: str | float | bool | None = None) -> Column:
    return Column(name, kind, required=False, doc=doc, default=default)


_WHOSE = _must("customer_id", _TEXT, _("Which customer, as in the customers table."))
_CURRENCY = _may("currency", _TEXT, _("The currency as an ISO 4217 code; empty means the workspace's."), "")

_CUSTOMERS = Table(
    "customers",
    ("customer_id",),
    (
        _must("customer_id", _TEXT, _("The id that names one customer everywhere.")),
        _may("joined_at", _INSTANT, _("When they first became known to you.")),
        _may("attributes", _JSON, _("Any other columns of the file, as a JSON object of texts."), "{}"),
    ),
    "joined_at",
    _("One row per customer: who they are and what you know about them."),
)

_ORDERS = Table(
    "orders",
    ("order_id",),
    (
        _must("order_id", _TEXT, _("The id that names one order.")),
        _WHOSE,
        _must("ordered_at", _INSTANT, _("When the order was placed.")),
        _must("amount", _AMOUNT, _("What was paid, after discounts; zero or less for a return.")),
        _CURRENCY,
        _may("margin", _AMOUNT, _("What was left of the amount after the cost of the goods.")),
        _may("kind", _TEXT, _("'purchase', or 'return' for goods or money that went back."), "purchase"),
    ),
    "ordered_at",
    _("One row per order or return."),
)

_SUBSCRIPTIONS = Table(
    "subscriptions",
    ("subscription_id",),
    (
        _must("subscription_id", _TEXT, _("The id that names one subscription.")),
        _WHOSE,
        _may("plan", _TEXT, _("The plan that was bought."), ""),
        _may("mrr", _AMOUNT, _("What it brings in per month.")),
        _CURRENCY,
        _must("started_at", _INSTANT, _("When it began.")),
        _may("ended_at", _INSTANT, _("When it ended; empty while it runs.")),
        _may("renews_at", _INSTANT, _("When it is next due for renewal.")),
        _may("end_reason", _TEXT, _("Why it ended, in the customer's or the agent's words.")),
    ),
    "started_at",
    _("One row per subscription, from its start to its end."),
    spans=(("started_at", "ended_at"),),
)

_EVENTS = Table(
    "events",
    ("event_id",),
    (
        _must("event_id", _TEXT, _("The id that names one event.")),
        _WHOSE,
        _must("name", _TEXT, _("What they did.")),
        _must("occurred_at", _INSTANT, _("When they did it.")),
        _may("received_at", _INSTANT, _("When it reached you; later than it happened for late events.")),
        _may("properties", _JSON, _("Details of the event, as a JSON object."), "{}"),
    ),
    "occurred_at",
    _("One row per thing a customer did: a visit, a login, a use of a feature."),
)

_TICKETS = Table(
    "tickets",
    ("ticket_id",),
    (
        _must("ticket_id", _TEXT, _("The id that names one support ticket.")),
        _WHOSE,
        _may("channel", _TEXT, _("How they reached you: mail, chat, telephone and so on."), ""),
        _may("topic", _TEXT, _("What it was about."), ""),
        _may("agent", _TEXT, _("Who answered it."), ""),
        _must("opened_at", _INSTANT, _("When the customer asked.")),
        _may("first_reply_at", _INSTANT, _("When a person first replied.")),
        _may("resolved_at", _INSTANT, _("When it was resolved; empty while it is open.")),
        _may("reopened", _INTEGER, _("How many times it was opened again."), 0),
    ),
    "opened_at",
    _("One row per request for help."),
    spans=(("opened_at", "first_reply_at"), ("opened_at", "resolved_at")),
)

# the scale an instrument has unless a row says another; the queries of the answers read it in the same way
_HIGHEST = "coalesce(scale, case lower(instrument) when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 \
when 'cli' then 6 end)"
_LOWEST = f"case when {_HIGHEST} = 10 then 0 else 1 end"

_ANSWERS = Table(
    "answers",
    ("answer_id",),
    (
        _must("answer_id", _TEXT, _("The id that names one answer to one question.")),
        _WHOSE,
        _may("survey", _TEXT, _("Which survey asked."), ""),
        _may("question", _TEXT, _("Which question was asked."), ""),
        _must("instrument", _TEXT, _("The kind of question: nps, csat, ces, cli, choice or text.")),
        _may("score", _NUMBER, _("The answer as a number on the scale; empty when there was none.")),
        _may(
            "scale",
            _NUMBER,
            _(
                "The highest point of the scale, which begins at 1, or at 0 when it goes up to 10; empty means 10 for "
                "nps, 5 for csat, 7 for ces and 6 for cli."
            ),
        ),
        _may("text", _TEXT, _("The answer in the customer's own words.")),
        _may("answered_at", _INSTANT, _("When they answered; empty while they have not.")),
        _may("asked_at", _INSTANT, _("When they were asked; one of the two instants is needed.")),
        _may("about", _TEXT, _("The order, ticket or product the question was about."), ""),
    ),
    "answered_at",
    _("One row per question put to a customer, with the answer or without one."),
    spans=(("asked_at", "answered_at"),),
    either=("answered_at", "asked_at"),
    rules=(Rule("off_scale", "score", f"score < {_LOWEST} or score > {_HIGHEST}"),),
)

_MENTIONS = Table(
    "mentions",
    ("mention_id",),
    (
        _must("mention_id", _TEXT, _("The id that names one review or post.")),
        _may("customer_id", _TEXT, _("Which customer wrote it, when that is known.")),
        _may("source", _TEXT, _("Where it was written."), ""),
        _must("posted_at", _INSTANT, _("When it was written.")),
        _may("text", _TEXT, _("What it says."), ""),
        _may("rating", _NUMBER, _("The stars or points that came with it.")),
        _may("url", _TEXT, _("Where it can be read."), ""),
    ),
    "posted_at",
    _("One row per review or post about you."),
)

_SPEND = Table(
    "spend",
    ("spend_id",),
    (
        _must("spend_id", _TEXT, _("The id that names one line of marketing spend.")),
        _may("channel", _TEXT, _("What the money was spent on: search, social, mail and so on."), ""),
        _must("spent_on", _DAY, _("The day the money was spent for.")),
        _must("amount", _AMOUNT, _("How much was spent.")),
        _CURRENCY,
    ),
    "spent_on",
    _("One row per day and channel of marketing spend."),
)

_MEMBERSHIPS = Table(
    "memberships",
    ("membership_id",),
    (
        _must("membership_id", _TEXT, _("The id that names one membership of the loyalty programme.")),
        _WHOSE,
        _may("programme", _TEXT, _("Which loyalty programme."), ""),
        _may("tier", _TEXT, _("The level they have reached."), ""),
        _must("joined_at", _INSTANT, _("When they joined the programme.")),
        _may("left_at", _INSTANT, _("When they left the programme; empty while they are members.")),
    ),
    "joined_at",
    _("One row per customer and loyalty programme."),
    spans=(("joined_at", "left_at"),),
)

_POINTS = Table(
    "points",
    ("entry_id",),
    (
        _must("entry_id", _TEXT, _("The id that names one entry of the points ledger.")),
        _WHOSE,
        _may("kind", _TEXT, _("'earn', 'spend', 'expire' or 'adjust'."), "earn"),
        _must("points", _NUMBER, _("Points gained, or lost when below zero.")),
        _must("booked_at", _INSTANT, _("When the entry was booked.")),
        _may("expires_at", _INSTANT, _("When unspent points of this entry expire.")),
        _may("order_id", _TEXT, _("The order that earned them.")),
        _may("reward_id", _TEXT, _("The reward they were spent on.")),
    ),
    "booked_at",
    _("One row per gain or loss of points; never changed afterwards."),
)

_REWARDS = Table(
    "rewards",
    ("reward_id",),
    (
        _must("reward_id", _TEXT, _("The id that names one reward given to one customer.")),
        _WHOSE,
        _may("name", _TEXT, _("What the reward is."), ""),
        _may("points", _NUMBER, _("How many points it cost.")),
        _may("cost", _AMOUNT, _("What it costs you.")),
        _CURRENCY,
        _must("issued_at", _INSTANT, _("When the customer received it.")),
        _may("redeemed_at", _INSTANT, _("When the customer used it; empty until then.")),
        _may("expires_at", _INSTANT, _("When it can no longer be used.")),
    ),
    "issued_at",
    _("One row per reward given to a customer."),
    spans=(("issued_at", "redeemed_at"),),
)

_TOUCHES = Table(
    "touches",
    ("touch_id",),
    (
        _must("touch_id", _TEXT, _("The id that names one message or call.")),
        _WHOSE,
        _may("channel", _TEXT, _("How the customer was reached: mail, chat, telephone and so on."), ""),
        _may("campaign", _TEXT, _("Which campaign it belongs to."), ""),
        _must("planned_at", _INSTANT, _("When it was planned for.")),
        _may("sent_at", _INSTANT, _("When it was sent; empty if it never was.")),
        _may("outcome", _TEXT, _("What came of it: delivered, opened, clicked, bounced and so on."), ""),
        _may("held_out", _FLAG, _("Whether it was held back on purpose, to measure the effect."), default=False),
    ),
    "planned_at",
    _("One row per message or call to a customer, also those held back on purpose."),
)

_ASSIGNMENTS = Table(
    "assignments",
    ("experiment", "customer_id"),
    (
        _must("experiment", _TEXT, _("Which experiment.")),
        _WHOSE,
        _must("arm", _TEXT, _("Which group chance put the customer in.")),
        _must("assigned_at", _INSTANT, _("When they were put in it.")),
    ),
    "assigned_at",
    _("One row per customer and experiment."),
)

_STEPS = Table(
    "steps",
    ("customer_id", "flow", "step"),
    (
        _WHOSE,
        _must("flow", _TEXT, _("Which path: onboarding, for instance.")),
        _must("step", _TEXT, _("Which step of the path.")),
        _must("done_at", _INSTANT, _("When the customer finished the step.")),
    ),
    "done_at",
    _("One row per customer and finished step of a path."),
)

_LABELS = Table(
    "labels",
    ("label_id",),
    (
        _must("label_id", _TEXT, _("The id that names one label given to one customer.")),
        _WHOSE,
        _must("scheme", _TEXT, _("Which way of dividing customers: rfm, lifecycle, value_risk, persona or your own.")),
        _must("label", _TEXT, _("The group the customer is in.")),
        _must("assigned_at", _INSTANT, _("From when on the label holds, until the next one of the same scheme.")),
    ),
    "assigned_at",
    _("One row per customer, scheme and change of label: which group a customer was put in, and when."),
    said=True,
)

_SCORES = Table(
    "scores",
    ("score_id",),
    (
        _must("score_id", _TEXT, _("The id that names one prediction about one customer.")),
        _WHOSE,
        _must("as_of", _DAY, _("The first day that was not known when it was foretold.")),
        _must("made_at", _INSTANT, _("When it was foretold.")),
        _must("horizon_days", _INTEGER, _("How many days from as_of the chance of leaving is about.")),
        _may("leaving", _NUMBER, _("The chance, from 0 to 1, that the customer is none any more after the horizon.")),
        _may("value_days", _INTEGER, _("How many days from as_of the expected value is about.")),
        _may("value", _AMOUNT, _("What the customer is expected to spend in those days, discounted.")),
        _may("value_low", _AMOUNT, _("The lower end of what may be expected.")),
        _may("value_high", _AMOUNT, _("The upper end of what may be expected.")),
        _CURRENCY,
        _may("model", _TEXT, _("Which model foretold the chance of leaving."), ""),
        _may("reasons", _JSON, _("What the chance of leaving comes from, as a JSON list, the strongest first."), "[]"),
        _may("step", _TEXT, _("The next step that was proposed."), ""),
        _may("presence", _TEXT, _("The rule of who is a customer that it was foretold by; empty means the usual."), ""),
        _may("replayed", _FLAG, _("Whether it was worked out later, as if on that day."), default=False),
    ),
    "made_at",
    _("One row per customer and prediction, kept so that what happened can judge it."),
    said=True,
)

_IDENTITIES = Table(
    "identities",
    ("customer_id",),
    (
        _must("customer_id", _TEXT, _("An id that another customer is known by as well.")),
        _must("same_as", _TEXT, _("The id they are counted under; the id itself when they are nobody else after all.")),
        _may("decided_at", _INSTANT, _("When somebody found that out.")),
    ),
    None,  # it changes every day of a customer's past, so no day is its own
    _("One row per id that is the same customer as another id: in every figure the two are one."),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        _CUSTOMERS,
        _ORDERS,
        _SUBSCRIPTIONS,
        _EVENTS,
        _TICKETS,
        _ANSWERS,
        _MENTIONS,
        _SPEND,
        _MEMBERSHIPS,
        _POINTS,
        _REWARDS,
        _TOUCHES,
        _ASSIGNMENTS,
        _STEPS,
        _LABELS,
        _SCORES,
        _IDENTITIES,
    )
}


def table_of(name: str) -> Table:
    """The contract of a table; raises `OkaeriError` with the nearest name when there is none.

    >>> table_of("orders").key
    ('order_id',)
    """
    if name not in TABLES:
        raise unknown(_("table"), name, TABLES, listed_by="okaeri tables")
    return TABLES[name]
