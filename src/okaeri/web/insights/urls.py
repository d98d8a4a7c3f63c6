"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from okaeri.web.insights.pages import PAGES
from okaeri.web.insights.views import customers, figures, pages, targets

urlpatterns = [
    path("", pages.home, name="home"),
    *(path(f"{name}/", pages.page, {"name": name}, name=name) for name in PAGES),
    *(path(f"{name}/<slug:part>/", pages.page, {"name": name}, name=f"{name}-part") for name in PAGES),
    path("figures/<slug:metric>/", figures.figure, name="figure"),
    path("figures/<slug:metric>/again/", figures.again, name="figure-again"),
    path("figures/<slug:metric>/customers/", customers.customers, name="figure-customers"),
    path("figures/<slug:metric>/customers/file/", customers.customers_file, name="figure-customers-file"),
    path("figures/<slug:metric>/file/", customers.figure_file, name="figure-file"),
    path("layouts/again/", pages.lay_out_again, name="layout-again"),
    path("drawings/<slug:card>/", figures.drawing, name="drawing"),
    path("measure/", pages.measure, name="measure"),
    path("foretell/", pages.foretell, name="foretell"),
    path("ground/", pages.ground, name="ground"),
    path("targets/", targets.targets, name="targets"),
    path("targets/set/", targets.set_one, name="target-set"),
    path("targets/remove/", targets.remove, name="target-remove"),
    path("restatements/", pages.restatements, name="restatements"),
]
