"""The application's own settings with one more room, whose work the tests count."""

from __future__ import annotations

from okaeri.web.project.settings import *  # noqa: F403
from okaeri.web.project.settings import INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [*INSTALLED_APPS, "tests.web.serving.trial.apps.TrialRoom"]
Q_CLUSTER = {**Q_CLUSTER, "poll": 0.05}
