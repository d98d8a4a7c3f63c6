"""What tests of engines share: one Spark cluster for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from okaeri.engines.spark_session import disconnect, missing_for_spark
from tests.conftest import missing
from tests.engines.spark_cluster import QUICK, cluster


@pytest.fixture(scope="session")
def spark_section(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What `[spark]` of the settings file would say of a cluster that is up."""
    if lacking := missing_for_spark():
        missing(str(lacking))
    with cluster(tmp_path_factory.mktemp("spark")) as master:
        yield {"master": master, **QUICK}
        disconnect()
