"""Two people at the same moment, on a database that lets them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from okaeri.base.errors import OkaeriError
from okaeri.web.core.people import services
from okaeri.web.core.people.models import User
from okaeri.web.core.people.queries import owners
from okaeri.web.core.people.roles import Role

NOW = datetime(2025, 3, 1, tzinfo=UTC)
WORDS = "warm cups in winter"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time"),
]


def at_once(*doings: Callable[[], object]) -> list[bool]:
    """Which of some doings succeeded, when all begin at the same moment."""
    start = Barrier(len(doings))

    def one(doing: Callable[[], object]) -> bool:
        try:
            start.wait(timeout=10)
            doing()
        except OkaeriError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(one, doings))


@pytest.mark.parametrize("_round", range(5))
def test_two_owners_who_close_each_other_leave_one(_round: int) -> None:
    aki, haru = (User.objects.create_user(f"{name}@x.example", None, role=Role.OWNER) for name in ("aki", "haru"))

    done = at_once(
        lambda: services.let_go(aki, haru, now=NOW), lambda: services.change_role(haru, aki, Role.VIEWER, now=NOW)
    )

    assert sorted(done) == [False, True]
    assert owners().count() == 1


@pytest.mark.parametrize("_round", range(5))
def test_of_many_first_owners_one_wins(_round: int) -> None:
    newcomer = services.Newcomer(name="Aki", password=WORDS)
    addresses = [f"aki{n}@x.example" for n in range(4)]

    done = at_once(*(lambda each=each: services.open_house(newcomer, email=each, now=NOW) for each in addresses))

    assert sorted(done) == [False, False, False, True]
    assert User.objects.count() == 1


@pytest.mark.parametrize("_round", range(5))
def test_an_invitation_is_accepted_once(_round: int) -> None:
    aki = User.objects.create_user("aki@x.example", None, role=Role.OWNER)
    made = services.invite(aki, email="haru@x.example", role=Role.AGENT, language="en", now=NOW).invitation
    newcomer = services.Newcomer(name="Haru", password=WORDS)

    done = at_once(*[lambda: services.accept_invitation(made, newcomer, now=NOW)] * 3)

    assert sorted(done) == [False, False, True]
    assert User.objects.count() == 2
