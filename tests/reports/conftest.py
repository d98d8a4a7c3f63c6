"""Aki's report in every language, made once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from okaeri.reports import report_html, report_pdf
from tests.reports import worlds

Made = Callable[[str], str]
Kept = Callable[[str], Path]


@pytest.fixture(scope="session")
def page_of() -> Made:
    """The page in a language."""
    return cache(lambda lang: report_html(worlds.report(lang)))


@pytest.fixture(scope="session")
def file_of(page_of: Made, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The page in a language, as a file that a browser can open."""
    folder = tmp_path_factory.mktemp("pages")

    def keep(lang: str) -> Path:
        path = folder / f"report-{lang}.html"
        if not path.exists():
            path.write_text(page_of(lang), "utf-8")
        return path

    return keep


@pytest.fixture(scope="session")
def pdf_of(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The PDF in a language, as a file."""
    folder = tmp_path_factory.mktemp("papers")

    def keep(lang: str) -> Path:
        path = folder / f"report-{lang}.pdf"
        if not path.exists():
            path.write_bytes(report_pdf(worlds.report(lang)))
        return path

    return keep
