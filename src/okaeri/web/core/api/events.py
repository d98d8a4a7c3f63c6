"""What a webhook can be told of."""

from __future__ import annotations

from okaeri.base.text import Text, _

EVENTS: dict[str, Text] = {
    "facts.landed": _("New facts are in: `tables` names them."),
    "measured": _("The pages were measured anew: `cutoff` is the first day that was not observed."),
    "alert.rang": _("A watched figure has changed: `alert`, its `question`, and the `period`."),
    "prediction.made": _("Predictions were made: `as_of`, and for how many `customers`."),
    "customer.merged": _("Two customers turned out to be one: `kept` and `merged`."),
    "consent.changed": _("A customer gave or withdrew consent: `customer`, `customer_id`, `channel` and `state`."),
    "job.failed": _("A job came to nothing: `job`, `kind`, `what` went wrong, and the `advice`."),
    "webhook.test": _("A message somebody sent from the webhook's page to try it."),
}
