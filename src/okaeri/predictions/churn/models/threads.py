"""Linear algebra on one thread: many small matrices are slower on several, and far slower on cores others want."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


def on_one_thread(function: Callable[_Asked, _Found]) -> Callable[_Asked, _Found]:
    """The same function, its linear algebra on one thread while it runs; sums then come out alike on every machine."""

    @wraps(function)
    def limited(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Found:
        from threadpoolctl import threadpool_limits  # loaded where something is fitted

        with threadpool_limits(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
