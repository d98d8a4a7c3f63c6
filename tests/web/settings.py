"""The application's own settings over a workspace that lasts as long as the tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import okaeri

_FOLDER = Path(tempfile.mkdtemp(prefix="okaeri-tests-")) / "shop"
okaeri.create(_FOLDER, settings={"name": "Komorebi Coffee", "zone": "Asia/Tokyo", "currency": "JPY"})
os.environ["OKAERI_WORKSPACE"] = str(_FOLDER)
os.environ["OKAERI_SECRET"] = "only-for-tests-" + "x" * 40
os.environ["OKAERI_DATABASE"] = os.environ.get("OKAERI_TEST_DATABASE", "")

from okaeri.web.project.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
