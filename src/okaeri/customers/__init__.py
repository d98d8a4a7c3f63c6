"""One customer as the facts know them: who they are, when they were here, and what happened, in order.

Facts only; what is predicted about a customer comes from `predictions`.
"""

from okaeri.customers.finding import find_customer, id_of
from okaeri.customers.portrait import Portrait, portrait
from okaeri.customers.story import Entry, story

__all__ = ["Entry", "Portrait", "find_customer", "id_of", "portrait", "story"]
