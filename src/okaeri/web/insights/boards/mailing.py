"""The report as a mail: key figures and two charts in the text, the whole report attached as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.mime.image import MIMEImage
from smtplib import SMTPRecipientsRefused
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
from okaeri.web.core.people.roles import Can
from okaeri.web.core.shops import asking
from okaeri.web.insights.boards.models import MailPlan
from okaeri.web.insights.boards.verdicts import kept

FONTS = {
    "en": "Inter, 'Segoe UI', Helvetica, Arial, sans-serif",
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans JP', sans-serif",
    "ko": "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', sans-serif",
}
DRAWN = ("crr", "survival")
_WIDTH = 560


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """What every address of a plan is sent; `pictures` are the parts its HTML names."""

    subject: str
    text: str
    html: str
    language: str
    pictures: tuple[MIMEImage, ...]
    pdf: bytes
    pdf_name: str


def has_mail() -> bool:
    """Whether a mail server is set up."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_report(plan: int, *, turn: str, now: datetime) -> int:
    """Write the report of a plan and send it to each address by itself; returns to how many.

    Another attempt at the same `turn` leaves out whom an earlier one reached. The plan keeps why it broke; raises
    `OkaeriError` where trying again would change nothing, and `OSError` where it may.
    """
    found = MailPlan.objects.select_related("owner").filter(pk=plan).first()
    if found is None:  # it was stopped meanwhile
        return 0
    reached = list(found.reached.get("to", ())) if found.reached.get("turn") == turn else []
    waiting = [address for address in found.addresses if address not in reached]
    mine = MailPlan.objects.filter(pk=plan)
    try:
        letter = write_letter(found, now=now) if waiting else None
        refused = _send(letter, waiting, mine, turn=turn, reached=reached) if letter else 0
        if refused:
            raise OkaeriError(
                _("The mail server refused {n} of the addresses.").format(n=refused),
                advice=_("Check them for a slip."),
            )
    except OkaeriError as error:
        mine.update(trouble=kept(error))
        raise
    except OSError:
        later = _("It is tried again; if it stays, check the mail setting.")
        mine.update(trouble=kept(OkaeriError(_("The mail server did not take the report."), advice=later)))
        raise
    mine.update(sent_at=now, trouble=None)
    return len(waiting)


def _send(letter: Letter, addresses: Sequence[str], plan: Any, *, turn: str, reached: list[str]) -> int:
    """Send to each address, and write down whom it reached at once; returns how many were refused for good."""
    refused = 0
    with get_connection() as connection:
        for address in addresses:
            mail = _mail(letter, to=address)
            mail.connection = connection
            try:
                mail.send()
            except SMTPRecipientsRefused:
                refused += 1
                continue
            reached.append(address)
            plan.update(reached={"turn": turn, "to": reached})
    return refused


def write_letter(plan: MailPlan, *, now: datetime) -> Letter:
    """The report of a plan as a mail; raises `OkaeriError` when nobody may send it, or there is nothing to report."""
    if not has_mail():
        raise OkaeriError(
            _("No mail server is set up."), advice=_("Set OKAERI_MAIL or `mail` under [web] in okaeri.toml.")
        )
    if not plan.owner.can(Can.SHARE):
        raise OkaeriError(
            _("Whoever planned this may no longer send reports."), advice=_("Stop it, and plan one of your own.")
        )
    with asking() as shop, use_language(plan.language):
        report = contents_of(shop, ask_report(shop), lang=plan.language, now=now)
    with use_language(plan.language):
        return _letter(plan, report)


def _letter(plan: MailPlan, report: Report) -> Letter:
    pictures = [(f"{name}@okaeri", figure) for name, figure in _pictures(report)]
    words = _words(plan, report, pictures)
    return Letter(
        subject=words["subject"],
        text=render_to_string("boards/mail/report.txt", words),
        html=mjml2html(render_to_string("boards/mail/report.mjml", words), disable_comments=True),
        language=plan.language,
        pictures=tuple(_picture(cid, png(figure, lang=plan.language, width=_WIDTH)) for cid, figure in pictures),
        pdf=report_pdf(report),
        pdf_name=f"okaeri-{report.cutoff.isoformat()}.pdf",
    )


def _mail(letter: Letter, *, to: str) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(letter.subject, letter.text, to=[to])
    mail.extra_headers |= {"Auto-Submitted": "auto-generated", "Content-Language": letter.language}
    mail.attach_alternative(letter.html, "text/html")
    for picture in letter.pictures:
        mail.attach(picture)
    mail.attach(letter.pdf_name, letter.pdf, "application/pdf")
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
