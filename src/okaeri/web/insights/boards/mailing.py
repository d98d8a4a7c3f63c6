"""The report as a mail: key figures and two charts in the text, the whole report attached as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.mime.image import MIMEImage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from mjml import mjml2html

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, use_language
from okaeri.charts.figure import Figure
from okaeri.charts.render import png
from okaeri.reporting import ask_report, contents_of
from okaeri.reports.contents import Report
from okaeri.reports.pdf import report_pdf
from okaeri.reports.views import report_view
from okaeri.web.core.shops import asking
from okaeri.web.insights.boards.models import MailPlan

FONTS = {
    "en": "Inter, 'Segoe UI', Helvetica, Arial, sans-serif",
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans JP', sans-serif",
    "ko": "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', sans-serif",
}
DRAWN = ("crr", "survival")
_WIDTH = 560


def send_report(plan: int, *, now: datetime) -> int:
    """Write the report of a plan and send it to each address by itself; returns to how many.

    Raises `OkaeriError` when there is no mail server or nothing to report; the plan keeps the reason.
    """
    found = MailPlan.objects.get(pk=plan)
    try:
        mails = write_mails(found, now=now)
        get_connection().send_messages(mails)
    except (OkaeriError, OSError) as error:
        MailPlan.objects.filter(pk=plan).update(trouble=str(error)[:500])
        if isinstance(error, OkaeriError):
            raise
        raise OkaeriError(
            _("The mail server did not take the report."), advice=_("Check the mail setting and try again.")
        ) from error
    MailPlan.objects.filter(pk=plan).update(sent_at=now, trouble="")
    return len(mails)


def write_mails(plan: MailPlan, *, now: datetime) -> list[EmailMultiAlternatives]:
    """One mail for each address of a plan."""
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        raise OkaeriError(
            _("No mail server is set up."), advice=_("Set OKAERI_MAIL or `mail` under [web] in okaeri.toml.")
        )
    with asking() as shop, use_language(plan.language):
        report = contents_of(shop, ask_report(shop), lang=plan.language, now=now)
    with use_language(plan.language), TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(report_pdf(report))
        return [_mail(plan, report, to=address, pdf=path.read_bytes()) for address in plan.addresses]


def _mail(plan: MailPlan, report: Report, *, to: str, pdf: bytes) -> EmailMultiAlternatives:
    pictures = [(f"{name}@okaeri", figure) for name, figure in _pictures(report)]
    words = _words(plan, report, pictures)
    mail = EmailMultiAlternatives(words["subject"], render_to_string("boards/mail/report.txt", words), to=[to])
    mail.extra_headers |= {"Auto-Submitted": "auto-generated", "Content-Language": plan.language}
    html = mjml2html(render_to_string("boards/mail/report.mjml", words), disable_comments=True)
    mail.attach_alternative(html, "text/html")
    for cid, figure in pictures:
        mail.attach(_picture(cid, png(figure, lang=plan.language, width=_WIDTH)))
    mail.attach(f"okaeri-{report.cutoff.isoformat()}.pdf", pdf, "application/pdf")
    return mail


def _words(plan: MailPlan, report: Report, pictures: Sequence[tuple[str, Figure]]) -> dict[str, Any]:
    view = report_view(report)
    name = report.workspace_name
    return {
        "lang": plan.language,
        "font": FONTS[plan.language],
        "subject": str(_("{name}: which customers come back").format(name=name)),
        "name": name,
        "covered": view.covered,
        "verdict": view.summary.verdict if view.summary else "",
        "cards": [
            {"label": card.label, "value": card.value, "range": card.range, "about": card.about}
            for card in view.headline[:6]
        ],
        "pictures": [{"cid": cid, "alt": str(figure.alt), "insight": str(figure.insight)} for cid, figure in pictures],
        "link": settings.OKAERI.address,
    }


def _pictures(report: Report) -> list[tuple[str, Figure]]:
    found: dict[str, Figure] = {}
    for section in report.sections:
        for block in section.blocks:
            if block.figure and block.result.metric.id in DRAWN:
                found.setdefault(block.result.metric.id, block.figure)
    return list(found.items())


def _picture(cid: str, content: bytes) -> MIMEImage:
    part = MIMEImage(content)
    part["Content-ID"] = f"<{cid}>"
    part.add_header("Content-Disposition", "inline", filename=f"{cid.split('@')[0]}.png")
    return part
