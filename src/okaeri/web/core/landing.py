"""The news that facts have landed or are read differently: whoever does it says so, whoever shows them listens."""

from __future__ import annotations

from django.dispatch import Signal

facts_landed = Signal()
"""Sent with `tables`, a list of names, and `now`, once new facts are in the lake."""

settings_changed = Signal()
"""Sent with `now` when the workspace's settings become others, inside the transaction that writes that down."""

identities_linked = Signal()
"""Sent with `links`, each with `previous`, `customer_id` and `at`, and with `now`, once two ids are known to be one.

It is sent inside the transaction that writes the links down, and may come again for the same ones.
"""

customers_forgotten = Signal()
"""Sent with `customer_ids` and `now` right before customers are erased from the lake: let go of all that is theirs."""
