"""Django's settings, made from the application's own; nothing is decided here that a person may wish to change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

from okaeri.web.project.assets import made_folder, make_assets
from okaeri.web.project.config import read_config
from okaeri.web.project.databases import database

OKAERI = read_config(os.environ)
SECRET_KEY = OKAERI.secret
DEBUG = False
ALLOWED_HOSTS = OKAERI.allowed_hosts
CSRF_TRUSTED_ORIGINS = [OKAERI.address]
ROOT_URLCONF = "okaeri.web.project.urls"
WSGI_APPLICATION = "okaeri.web.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
ROOMS = (
    "okaeri.web.core.people",
    "okaeri.web.core.jobs",
    "okaeri.web.core.customers",
    "okaeri.web.core.intake",
    "okaeri.web.core.events",
    "okaeri.web.core.api",
    "okaeri.web.insights",
    "okaeri.web.insights.boards",
)
INSTALLED_APPS = [
    "okaeri.web.project",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_q",
    *ROOMS,
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "okaeri.web.core.people.middleware.SpeakTheirLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "okaeri.web.core.people.middleware.AskForPermission",
    "okaeri.web.project.errors.SayWhatHappened",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "okaeri.web.project.pages.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "okaeri.web.project.pages.around",
            ],
        },
    },
    {  # the admin and the mails of other packages
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
DATABASES = {"default": database(OKAERI.database, workspace=OKAERI.workspace)}
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "okaeri.web.core.people.accounts.Accounts"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# django-axes keeps watch over passwords, and our own forms over codes, both in the store.
ACCOUNT_RATE_LIMITS = {"login": None, "signup": None, "login_failed": None, "reset_password": "5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "okaeri.web.core.people.second_step.Enter",
    "reauthenticate": "okaeri.web.core.people.second_step.EnterAgain",
}
MFA_TOTP_ISSUER = "Okaeri"
MFA_ADAPTER = "okaeri.web.core.people.accounts.TwoSteps"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "okaeri.web.core.people.origins.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_LOCKOUT_CALLABLE = "okaeri.web.core.people.accounts.locked_out"
AXES_USERNAME_CALLABLE = "okaeri.web.core.people.accounts.attempt_name"
AXES_SENSITIVE_PARAMETERS = ["login", "email", "username", "ip_address", "oldpassword", "password1", "password2"]
AXES_DISABLE_ACCESS_LOG = True  # the audit log has it
AXES_VERBOSE = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OKAERI.https
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "okaeri_session", "okaeri_csrf"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if OKAERI.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OKAERI.https else None
CSRF_FAILURE_VIEW = "okaeri.web.project.errors.stale_form"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
# One web process counts for itself; with the few places a cache has by default, strangers could push counts out of it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("ko", "한국어")]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = made_folder().with_name(f"{made_folder().name}-served")
STATICFILES_DIRS = [make_assets()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "okaeri.web.project.statics.Statics"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_TEMP_DIR = None
Q_CLUSTER = {
    "name": "okaeri",
    "broker_class": "okaeri.web.core.jobs.broker.Jobs",  # tries, pauses and what was left behind are its business
    "workers": 1,
    "recycle": 50,
    "max_rss": 350_000,
    "timeout": 3600,
    "retry": 4000,
    "poll": 0.25,
    "queue_limit": 1,
    "save_limit": -1,
    "scheduler": False,
    "label": "Jobs",
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # an address that is refused may name a customer or hold the token of a link
    "loggers": {name: {"level": "ERROR"} for name in ("django_q", "django-q", "axes", "django.request")},
}
_MAIL = urlsplit(OKAERI.mail)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = OKAERI.sender or "okaeri@localhost"
EMAIL_BACKEND = {
    "": "django.core.mail.backends.dummy.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
}.get(_MAIL.scheme, "django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = Path(_MAIL.path) if _MAIL.scheme == "file" else None
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "localhost", _MAIL.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.scheme == "smtp+tls", _MAIL.scheme == "smtps"
EMAIL_TIMEOUT = 20
