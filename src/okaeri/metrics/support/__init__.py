"""Tickets: waiting, promises, backlog, contacts, agents."""

from okaeri.metrics.support import contacts, scorecards, tickets, waiting

__all__ = ["contacts", "scorecards", "tickets", "waiting"]
