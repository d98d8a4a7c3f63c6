"""The people of the workspace, their roles, and invitations."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _, current_language, use_language
from okaeri.web.core.people import forms, queries, services
from okaeri.web.core.people.accounts import mail_goes_out
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import ROLE_NAMES, ROLE_WORDS, Can, Role, needs
from okaeri.web.core.shops import workspace


@needs(Can.MANAGE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, and whoever is invited."""
    return _page(request, forms.Invite(initial={"role": Role.VIEWER, "language": current_language()}))


def _page(request: HttpRequest, form: forms.Invite) -> HttpResponse:
    words = {
        "form": form,
        "everybody": queries.everybody(),
        "waiting": queries.invitations(now=timezone.now()),
        "two_steps": queries.with_two_steps(),
        "only_owner": queries.owners().count() == 1,
        "roles": forms.role_choices(),
        "role_words": [(ROLE_NAMES[role], ROLE_WORDS[role]) for role in Role],
        "mail": mail_goes_out(),
    }
    return render(request, "people/people.html", words, status=400 if form.is_bound else 200)


@needs(Can.MANAGE)
@require_POST
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody; their link is shown on this answer alone."""
    form = forms.Invite(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.invite(
                asked_by(request),
                email=given["email"],
                role=Role(given["role"]),
                language=given["language"],
                now=timezone.now(),
            )
        except OkaeriError as error:
            form.add_error("email", str(error))
        else:
            link = settings.OKAERI.address.rstrip("/") + reverse("join", args=[made.token])
            words = {"invitation": made.invitation, "link": link, "mailed": _mail(made.invitation.language, form, link)}
            return render(request, "people/invited.html", words)
    return _page(request, form)


def _mail(language: str, form: forms.Invite, link: str) -> bool | None:
    """Send the link: True when it went out, False when that failed, None when no mail is configured."""
    if not mail_goes_out():
        return None
    shop = workspace().settings.name
    with use_language(language):
        subject = str(_("You are invited to {shop}").format(shop=shop))
        lines: tuple[Text | str, ...] = (
            _("You are invited to look after the customers of {shop} with Okaeri.").format(shop=shop),
            _("Open this link within 7 days and choose a password:"),
            link,
        )
        body = "\n\n".join(map(str, lines))
    try:
        EmailMessage(subject, body, to=[form.cleaned_data["email"]]).send()
    except (SMTPException, OSError):
        return False
    return True


@needs(Can.MANAGE)
@require_POST
def revoke(request: HttpRequest, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    if services.revoke_invitation(asked_by(request), invitation, now=timezone.now()):
        messages.success(request, str(_("The invitation is taken back; its link no longer opens.")))
    else:
        messages.info(request, str(_("That invitation was over already.")))
    return redirect("people")


@needs(Can.MANAGE)
@require_POST
def role(request: HttpRequest, person: int) -> HttpResponse:
    """Give somebody another role."""
    somebody = get_object_or_404(User, pk=person)
    form = forms.NewRole(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        services.change_role(asked_by(request), somebody, Role(form.cleaned_data["role"]), now=timezone.now())
    except OkaeriError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(_("Saved.")))
    return redirect("people")


@needs(Can.MANAGE)
@require_POST
def let_go(request: HttpRequest, person: int) -> HttpResponse:
    """Close somebody's account and sign them out everywhere."""
    somebody = get_object_or_404(User, pk=person)
    try:
        services.let_go(asked_by(request), somebody, now=timezone.now())
    except OkaeriError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(_("{name} can no longer sign in.").format(name=somebody)))
    return redirect("people")


@needs(Can.MANAGE)
@require_POST
def let_back(request: HttpRequest, person: int) -> HttpResponse:
    """Open somebody's account again."""
    somebody = get_object_or_404(User, pk=person)
    services.let_back(asked_by(request), somebody, now=timezone.now())
    messages.success(request, str(_("{name} can sign in again.").format(name=somebody)))
    return redirect("people")


@needs(Can.MANAGE)
@require_POST
def end_two_steps(request: HttpRequest, person: int) -> HttpResponse:
    """Turn two-step sign-in off for somebody who can no longer pass it."""
    somebody = get_object_or_404(User, pk=person)
    if services.end_two_steps(asked_by(request), somebody, now=timezone.now()):
        messages.success(request, str(_("Two-step sign-in is off for {name}.").format(name=somebody)))
    return redirect("people")
