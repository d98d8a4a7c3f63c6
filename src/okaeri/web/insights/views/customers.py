"""The customers behind a figure, and figures as files; both ask the facts, and every file is written down."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from okaeri.metrics import METRICS
from okaeri.web.core.people import audit
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.insights import behind, queries
from okaeri.web.insights.naming import people
from okaeri.web.insights.views.figures import asked

PER_PAGE = 50
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
_SAID = ("period", "state", "age", "label")


@needs(Can.SEE_CUSTOMERS)
@require_safe
def customers(request: HttpRequest, metric: str) -> HttpResponse:
    """Who was counted in one period, or in one cell of a cohort triangle."""
    question = asked(request, metric)
    found = behind.customers_behind(question, request.GET.dict())
    page = Paginator(found.ids, PER_PAGE).get_page(request.GET.get("page"))
    words = {
        "question": question,
        "metric": METRICS[question.metric],
        "found": found,
        "page": page,
        "people": list(people(page.object_list).items()),
        "fresh": queries.freshness(),
        "following": urlencode({**question.as_query(), **_said(request)}),
    }
    return render(request, "insights/customers.html", words)


@needs(Can.EXPORT)
@require_POST
def customers_file(request: HttpRequest, metric: str) -> HttpResponse:
    """The same customers as CSV."""
    question = asked(request, metric)
    found = behind.customers_behind(question, request.POST.dict())
    content = behind.customers_csv(found, people(found.ids))
    detail = {**question.as_query(), "period": found.period, "state": found.state, "customers": len(found.ids)}
    with transaction.atomic():
        audit.record(asked_by(request), "export.customers", about=metric, at=timezone.now(), **detail)
    return _file(content, name=f"{metric}-{found.state}-{found.period}", ending=".csv")


@needs(Can.EXPORT)
@require_POST
def figure_file(request: HttpRequest, metric: str) -> HttpResponse:
    """A figure's results as CSV, Excel or Parquet."""
    question = asked(request, metric)
    ending = request.POST.get("ending", ".csv")
    content = behind.figure_file(question, ending=ending)
    with transaction.atomic():
        detail = {**question.as_query(), "ending": ending}
        audit.record(asked_by(request), "export.figure", about=metric, at=timezone.now(), **detail)
    return _file(content, name=f"{metric}-{question.by}", ending=ending)


def _said(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in _SAID if request.GET.get(name)}


def _file(content: bytes, *, name: str, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=_TYPES[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
