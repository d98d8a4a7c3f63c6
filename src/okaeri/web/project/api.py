"""The API put together: every room's router under /api/v1/."""

from __future__ import annotations

from okaeri.web.core.api.api import router as own
from okaeri.web.core.api.assembly import Api
from okaeri.web.core.customers.api import router as customers
from okaeri.web.core.events.api import router as events
from okaeri.web.core.intake.api import router as intake
from okaeri.web.core.jobs.api import router as jobs
from okaeri.web.core.people.api import router as people
from okaeri.web.insights.api import router as figures
from okaeri.web.insights.api_outlook import router as outlook
from okaeri.web.insights.boards.api import router as boards
from okaeri.web.insights.boards.api_mails import router as mails

WORDS = """What the pages show, for programs, and facts in.

Every request carries `Authorization: Bearer <token>`; tokens are made on the page **Keys**. A token opens what its
scopes and its maker's role both allow. Lists come in pages: pass `next` as `cursor` to get the following one. Errors
are `application/problem+json` (RFC 9457). Sentences come in the language of `Accept-Language` (en, ja or ko)."""

api = Api(title="Okaeri", version="1", description=WORDS, urls_namespace="api")
for router in (figures, outlook, customers, own, intake, events, jobs, boards, mails, people):
    api.add_router("", router)
