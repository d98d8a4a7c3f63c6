"""What the web server calls."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from okaeri.web.core.lifeline import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okaeri.web.project.settings")
if "OKAERI_LISTEN" in os.environ:  # supervised: the process that took the connections must not outlive the server
    end_with_parent()
application = get_wsgi_application()
