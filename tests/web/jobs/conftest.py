"""Work that tests ask for: it roasts, stumbles as often as it is told to, or knows that it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text
from okaeri.web.core.jobs.kinds import KINDS, Progress, job


@pytest.fixture(autouse=True)
def roasting() -> Iterator[list[str]]:
    """The kinds `roast`, `stumble`, `refuse` and the patient `stocktake`; what was roasted is in the list."""
    roasted: list[str] = []

    @job("roast", title=Text("Roasting"))
    def roast(arguments: Mapping[str, Any], progress: Progress) -> str:
        progress(0.5)
        roasted.append(str(arguments["bean"]))
        return str(arguments["bean"])

    @job("stumble", title=Text("Stumbling"))
    def stumble(arguments: Mapping[str, Any], progress: Progress) -> None:
        raise RuntimeError("the roaster is too hot")

    @job("refuse", title=Text("Refusing"))
    def refuse(arguments: Mapping[str, Any], progress: Progress) -> None:
        raise OkaeriError(Text("There are no beans."), advice=Text("Order some."))

    @job("stocktake", title=Text("Counting"), patient=True)
    def stocktake(arguments: Mapping[str, Any], progress: Progress) -> int:
        return 7

    yield roasted
    for name in ("roast", "stumble", "refuse", "stocktake"):
        KINDS.pop(name)
