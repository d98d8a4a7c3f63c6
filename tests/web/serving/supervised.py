"""The supervisor as it is, but one that starts what died without a pause: the tests kill often."""

from __future__ import annotations

from okaeri.web.project import supervising

if __name__ == "__main__":
    supervising.PAUSES = (0.05,)
    supervising.main()
