"""The demo, made ready: its owner, and the pages in the language of the terminal; the rest is the worker's."""

from __future__ import annotations

from django.utils import timezone

from okaeri.base.text import LANGUAGES, current_language
from okaeri.web.core.customers.models import Customer
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.jobs.running import enqueue
from okaeri.web.core.shops import asking
from okaeri.web.insights.measuring import facts_state, measure_pages
from okaeri.web.insights.models import Reading
from okaeri.web.project import door


def furnish() -> None:
    """Make the owner, foretell and measure once; what is there already stays."""
    now, language = timezone.now(), current_language()
    door.owner(language)
    with asking() as shop:
        tables = shop.tables()
        if not tables.get("scores"):
            enqueue("replay", now=now)  # first: whoever is killed after the scores are there would not ask again
            shop.predict_churn()
            shop.segments()
    if not Customer.objects.exists():
        sync_customers(now=now)
    if not Reading.objects.filter(name="home", language=language, state=facts_state()).exists():
        measure_pages(now=now, languages=(language,))
        enqueue("measure_pages", now=now, languages=[each for each in LANGUAGES if each != language])
