"""What the verbs of the audit log are called: one table for every room, so that the log reads as sentences."""

from __future__ import annotations

from okaeri.base.text import Text, _

VERBS: dict[str, Text] = {
    "house.opened": _("Opened the workspace"),
    "person.made": _("Account made on the command line"),
    "person.invited": _("Invited somebody"),
    "invitation.revoked": _("Took an invitation back"),
    "person.joined": _("Accepted an invitation"),
    "person.role": _("Changed a role"),
    "person.deactivated": _("Closed an account"),
    "person.reactivated": _("Opened an account again"),
    "person.changed": _("Changed their own account"),
    "sessions.ended": _("Signed out on all devices"),
    "signin.done": _("Signed in"),
    "signin.failed": _("An attempt to sign in failed"),
    "signin.locked": _("Sign-in locked after many attempts"),
    "signout.done": _("Signed out"),
    "password.changed": _("Changed the password"),
    "password.reset": _("Set a new password by mail"),
    "mfa.added": _("Turned two-step sign-in on"),
    "mfa.removed": _("Turned two-step sign-in off"),
    "mfa.codes": _("Made new recovery codes"),
    "mfa.failed": _("A wrong sign-in code was entered"),
    "settings.changed": _("Changed the workspace settings"),
    "audit.exported": _("Exported the audit log"),
}


def said(verb: str) -> str:
    """A verb in words; one that nobody named stays a code.

    >>> said("person.invited"), said("moon.landed")
    ('Invited somebody', 'moon.landed')
    """
    return str(VERBS[verb]) if verb in VERBS else verb
