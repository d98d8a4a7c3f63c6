"""Files in a store: read with a signature, piece by piece, and never where the store would like to send us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest import MonkeyPatch
from pytest_django.fixtures import Settings

from okaeri.base.errors import OkaeriError
from okaeri.web.core.intake.kinds import files
from okaeri.web.core.intake.kinds.bucket import Bucket, signed
from okaeri.web.core.intake.kinds.kind import RUN, TRIAL
from okaeri.web.core.intake.models import Connection
from tests.web.intake.conftest import ORDERS, rebind
from tests.web.intake.store import Store, listening

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # those of Amazon's own examples
PATH = "exports/注文 2024.csv"


@pytest.fixture
def store() -> Iterator[Store]:
    """A store with one file that only who has the key may read."""
    with listening(Store(files={f"shop/{PATH}": ORDERS.encode()}, key=KEY, secret=SECRET)) as found:
        yield found


def at(store: Store, **more: str) -> dict[str, str]:
    return {"path": f"s3://shop/{PATH}", "key": KEY, "secret": SECRET, "endpoint": store.address, **more}


def test_a_request_is_signed_as_amazon_s_own_example() -> None:
    bucket = Bucket(name="examplebucket", endpoint="", region="us-east-1", key=KEY, secret=SECRET)
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    headers = {"Host": "examplebucket.s3.amazonaws.com", "Range": "bytes=0-9", "x-amz-content-sha256": nothing}

    found = signed("/test.txt", headers, bucket=bucket, now=datetime(2013, 5, 24, tzinfo=UTC))

    assert found["Authorization"].endswith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


def test_amazon_s_own_client_is_answered_by_the_store_of_these_tests(store: Store) -> None:
    """What the store takes for a signature is what the maker's client signs with, so it proves ours."""
    from pyarrow import fs

    keys = {"access_key": KEY, "secret_key": SECRET, "region": "us-east-1"}
    client = fs.S3FileSystem(endpoint_override=f"127.0.0.1:{store.port}", scheme="http", **keys)

    with client.open_input_stream(f"shop/{PATH}") as source:
        assert source.read() == ORDERS.encode()


@pytest.mark.parametrize("scheme", ["s3", "gs"])
def test_a_file_in_a_bucket_becomes_facts(desk: Client, store: Store, work: Callable[..., None], scheme: str) -> None:
    said = at(store, path=f"{scheme}://shop/{PATH}", region="us-east-1")
    desk.post("/data/connections/new/files/", {"name": "Nightly", "table": "orders", **said})
    found = Connection.objects.get()

    desk.post(f"/data/connections/{found.pk}/sync/")
    work("sync")

    found.refresh_from_db()
    assert found.summary is not None and found.summary["new"] == 2
    assert SECRET not in str(found.place)


def test_a_wrong_secret_is_told_in_the_store_s_words(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OkaeriError, match="The store refused: Access Denied"):
        files.fetch(at(store, secret="another"), tmp_path / "out", RUN)


def test_a_store_that_sends_us_elsewhere_is_not_followed(store: Store, tmp_path: Path) -> None:
    with (
        listening(Store(files={}, leads_to=store.address)) as leading,
        pytest.raises(OkaeriError, match="refused: 307"),
    ):
        files.fetch(at(leading), tmp_path / "out", RUN)

    assert store.asked == []


def test_the_name_of_a_store_is_asked_for_once(store: Store, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    rebind(monkeypatch, "s3.example.test", store.port)

    files.fetch(at(store, endpoint=f"http://s3.example.test:{store.port}"), tmp_path / "out", RUN)

    assert (tmp_path / "out").read_text("utf-8") == ORDERS


def test_a_store_that_is_the_machine_s_own_place_of_secrets_is_never_asked(store: Store) -> None:
    with pytest.raises(OkaeriError, match="keep for themselves"):
        files.check(at(store, endpoint="http://169.254.169.254"))


def test_a_bucket_elsewhere_is_told_with_its_region(store: Store, tmp_path: Path) -> None:
    store.region = "ap-northeast-1"

    with pytest.raises(OkaeriError, match="another region, ap-northeast-1"):
        files.fetch(at(store), tmp_path / "out", RUN)


def test_a_trial_takes_the_first_lines_of_a_long_file(store: Store, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_CHUNK", 60)

    files.fetch(at(store), tmp_path / "out", TRIAL)

    assert (tmp_path / "out").read_text("utf-8").splitlines() == ORDERS.splitlines()[:2]


def test_a_file_that_is_too_large_is_refused_while_it_comes(store: Store, tmp_path: Path, settings: Settings) -> None:
    settings.OKAERI = replace(settings.OKAERI, upload_mb=0)

    with pytest.raises(OkaeriError, match="larger than 0 MB"):
        files.fetch(at(store), tmp_path / "out", RUN)


@pytest.mark.parametrize("path", ["s3://", "s3://shop", "s3:///orders.csv", "s3://../orders.csv"])
def test_a_path_that_names_no_file_in_a_bucket_is_refused(path: str, store: Store) -> None:
    with pytest.raises(OkaeriError, match="does not name a bucket"):
        files.check(at(store, path=path))
