"""Okaeri: which customers come back, who leaves, and how sure one can be.

>>> import okaeri as ok
>>> ok.from_counts(cs=40, ce=15, cn=6).value
0.225
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from okaeri.base.errors import OkaeriError
    from okaeri.metrics.staying.from_counts import churn_to_acquisition, from_counts
    from okaeri.shop import Result, Shop, create, measure, open

__version__ = "0.1.0"
__all__ = ["OkaeriError", "Result", "Shop", "churn_to_acquisition", "create", "from_counts", "measure", "open"]

_HOMES = {
    "OkaeriError": "okaeri.base.errors",
    "from_counts": "okaeri.metrics.staying.from_counts",
    "churn_to_acquisition": "okaeri.metrics.staying.from_counts",
} | {name: "okaeri.shop" for name in ("Result", "Shop", "create", "measure", "open")}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for, so that `import okaeri` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'okaeri' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
