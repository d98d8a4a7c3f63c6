"""Two customers who are one person, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from okaeri.base.errors import OkaeriError
from okaeri.web.core.customers import merging, services
from okaeri.web.core.customers.models import Customer, Identity, Merge, Note, Task
from okaeri.web.core.customers.portraits import whole
from okaeri.web.core.customers.queries import consent_now, may_reach, names_for
from okaeri.web.core.customers.syncing import sync_customers
from okaeri.web.core.news import happened
from okaeri.web.core.people.models import User
from tests.web.customers.conftest import NOW

Known = Callable[..., Customer]
Pair = tuple[Customer, Customer]


@pytest.fixture
def pair(known: Known) -> Pair:
    return (
        known("C-1", '{"name": "佐藤 花子", "email": "hana@example.com"}'),
        known("C-2", '{"name": "サトウ ハナコ", "email": "hana@example.com"}'),
    )


def say(customer: Customer, state: str, *, days: int) -> None:
    at = NOW + timedelta(days=days)
    services.record_consent(customer, channel="email", state=state, source="letter", at=at, by=None, now=at)


def state_of(customer: Customer) -> str:
    return next(each.state for each in consent_now(customer.pk) if each.channel == "email")


def test_the_same_address_suggests_one_person(pair: Pair) -> None:
    (found,) = merging.alike(pair[0])

    assert (found.customer_id, [str(why) for why in found.shared]) == ("C-2", ["same e-mail address"])


def test_a_common_name_alone_suggests_nobody_who_has_another_address(known: Known) -> None:
    one = known("C-1", '{"name": "佐藤 花子", "email": "a@example.com"}')
    known("C-2", '{"name": "佐藤 花子", "email": "b@example.com"}')

    assert merging.alike(one) == ()


def test_notes_and_marks_go_over_and_come_back(pair: Pair, haru: User) -> None:
    kept, gone = pair
    note = services.add_note(gone, "hers", by=haru, now=NOW)
    services.add_identity(gone, kind="anonymous", value="cookie-7", by=haru, now=NOW)

    made = merging.merge(kept, gone, by=haru, now=NOW)
    after = (Note.objects.get(pk=note).customer, Identity.objects.get().customer, names_for(["C-2"])["C-2"].public_id)
    later = services.add_note(kept, "since then", by=haru, now=NOW)
    merging.undo_merge(made, by=haru, now=NOW)

    assert after == (kept, kept, kept.public_id)
    assert (Note.objects.get(pk=note).customer, Note.objects.get(pk=later).customer) == (gone, kept)
    assert Identity.objects.get().customer == gone
    assert names_for(["C-2"])["C-2"].public_id == gone.public_id


def test_a_withdrawal_of_either_holds_for_both(pair: Pair, haru: User) -> None:
    kept, gone = pair
    say(gone, "withdrawn", days=0)
    say(kept, "given", days=1)

    merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=2))

    assert state_of(kept) == "withdrawn"
    assert may_reach(["C-1", "C-2"], "email") == frozenset()


def test_undoing_gives_each_their_own_consent_back(pair: Pair, haru: User) -> None:
    kept, gone = pair
    say(gone, "withdrawn", days=0)
    say(kept, "given", days=1)
    made = merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=2))

    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=3))

    assert (state_of(kept), state_of(gone)) == ("given", "withdrawn")


def test_what_was_withdrawn_while_they_were_one_is_withdrawn_for_both(pair: Pair, haru: User) -> None:
    kept, gone = pair
    for customer in pair:
        say(customer, "given", days=0)
    made = merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=1))
    say(kept, "withdrawn", days=2)

    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=3))

    assert (state_of(kept), state_of(gone)) == ("withdrawn", "withdrawn")


def test_nobody_is_merged_with_themselves_twice_or_in_a_circle(pair: Pair, haru: User) -> None:
    kept, gone = pair
    with pytest.raises(OkaeriError, match="one customer already"):
        merging.merge(kept, kept, by=haru, now=NOW)
    stale = Customer.objects.get(pk=gone.pk)
    merging.merge(kept, gone, by=haru, now=NOW)

    with pytest.raises(OkaeriError, match="one customer already"):
        merging.merge(kept, stale, by=haru, now=NOW)
    gone.refresh_from_db()
    with pytest.raises(OkaeriError, match="one customer already"):
        merging.merge(gone, kept, by=haru, now=NOW)


def test_two_people_who_merge_the_same_two_at_once_make_no_circle(pair: Pair, haru: User) -> None:
    kept, gone = pair
    seen_before = [Customer.objects.get(pk=each.pk) for each in pair]
    merging.merge(kept, gone, by=haru, now=NOW)

    with pytest.raises(OkaeriError, match="one customer already"):
        merging.merge(seen_before[1], seen_before[0], by=haru, now=NOW)


def test_nobody_is_merged_into_somebody_who_was_merged_or_is_being_erased_since(
    pair: Pair, known: Known, haru: User
) -> None:
    kept, gone = pair
    third = known("C-3")
    merging.merge(third, Customer.objects.get(pk=kept.pk), by=haru, now=NOW)
    with pytest.raises(OkaeriError, match="one customer already"):
        merging.merge(kept, gone, by=haru, now=NOW)
    Customer.objects.filter(pk=third.pk).update(erasing_since=NOW)

    with pytest.raises(OkaeriError, match="being erased"):
        merging.merge(third, gone, by=haru, now=NOW)


def test_what_is_written_on_a_page_that_was_merged_meanwhile_is_kept_with_the_one_who_stays(
    pair: Pair, haru: User, browsing: Callable[[User], Client]
) -> None:
    kept, gone = pair
    client, page = browsing(haru), f"/customers/{gone.public_id}/"
    say(kept, "given", days=0)
    merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=1))

    client.post(f"{page}notes/", {"text": "moved house"})
    client.post(f"{page}tasks/", {"task": "Call back", "due": "", "assignee": ""})
    client.post(f"{page}identities/", {"kind": "anonymous", "value": "cookie-9"})
    client.post(f"{page}consent/", {"channel": "email", "state": "withdrawn", "source": "letter", "wording": ""})

    assert {each.get().customer for each in (Note.objects, Task.objects, Identity.objects)} == {kept}
    assert may_reach(["C-1", "C-2"], "email") == frozenset()


def test_undoing_one_merge_keeps_the_withdrawal_that_another_brought(pair: Pair, known: Known, haru: User) -> None:
    kept, gone = pair
    third = known("C-3")
    say(kept, "given", days=0)
    for each in (gone, third):
        say(each, "withdrawn", days=1)
    first, second = (merging.merge(kept, each, by=haru, now=NOW + timedelta(days=2)) for each in (gone, third))

    merging.undo_merge(first, by=haru, now=NOW + timedelta(days=3))
    between = state_of(kept)
    merging.undo_merge(second, by=haru, now=NOW + timedelta(days=4))

    assert (between, state_of(kept), state_of(gone), state_of(third)) == (
        "withdrawn",
        "given",
        "withdrawn",
        "withdrawn",
    )


def test_who_agreed_anew_after_the_merge_is_asked_no_more_by_a_withdrawal_from_before(pair: Pair, haru: User) -> None:
    kept, gone = pair
    say(gone, "withdrawn", days=0)
    merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=1))

    say(kept, "given", days=2)

    assert may_reach(["C-1", "C-2"], "email") == {"C-1", "C-2"}


def test_a_withdrawal_while_they_were_one_keeps_who_wrote_it_down_and_how(pair: Pair, haru: User) -> None:
    kept, gone = pair
    made = merging.merge(kept, gone, by=haru, now=NOW)
    at = NOW + timedelta(days=1)
    services.record_consent(kept, channel="email", state="withdrawn", source="letter", by=haru, now=at)

    merging.undo_merge(made, by=haru, now=NOW + timedelta(days=2))

    said = next(each for each in consent_now(gone.pk) if each.channel == "email")
    assert (said.state, said.source, said.who, said.at) == ("withdrawn", "letter", "Haru", at)


def test_whose_consent_a_merge_changes_is_told_to_other_programs(pair: Pair, haru: User) -> None:
    told: list[tuple[str, str]] = []

    def hear(event: str, payload: Mapping[str, str], **_more: object) -> None:
        told.append((event, payload.get("state", "")))

    kept, gone = pair
    say(kept, "given", days=0)
    say(gone, "withdrawn", days=0)
    happened.connect(hear)

    merging.merge(kept, gone, by=haru, now=NOW + timedelta(days=1))

    happened.disconnect(hear)
    assert ("consent.changed", "withdrawn") in told


def test_who_is_being_erased_has_no_name_and_is_not_reached_by_any_of_their_ids(pair: Pair, haru: User) -> None:
    kept, gone = pair
    say(kept, "given", days=0)
    merging.merge(kept, gone, by=haru, now=NOW)
    before = (set(names_for(["C-1", "C-2"])), may_reach(["C-1", "C-2"], "email"))

    Customer.objects.filter(pk=kept.pk).update(erasing_since=NOW)

    assert before == ({"C-1", "C-2"}, frozenset({"C-1", "C-2"}))
    assert (names_for(["C-1", "C-2"]), may_reach(["C-1", "C-2"], "email")) == ({}, frozenset())


def test_a_merge_is_undone_once(pair: Pair, haru: User) -> None:
    made = merging.merge(*pair, by=haru, now=NOW)
    merging.undo_merge(made, by=haru, now=NOW)

    with pytest.raises(OkaeriError, match="undone already"):
        merging.undo_merge(made, by=haru, now=NOW)


def test_three_become_one_and_come_apart_in_turn(pair: Pair, known: Known, haru: User) -> None:
    first, second = pair
    third = known("C-3")
    inner = merging.merge(second, third, by=haru, now=NOW)
    outer = merging.merge(first, second, by=haru, now=NOW)

    assert merging.ids_of(first) == ("C-1", "C-2", "C-3")
    with pytest.raises(OkaeriError, match="Undo the later merge first"):
        merging.undo_merge(Merge.objects.get(pk=inner.pk), by=haru, now=NOW)
    merging.undo_merge(outer, by=haru, now=NOW)
    assert merging.ids_of(Customer.objects.get(pk=second.pk)) == ("C-2", "C-3")


def test_a_merged_customer_stays_merged_when_the_facts_change(directory: Path, haru: User) -> None:
    one, two = (Customer.objects.get(customer_id=f"C0000000{n}") for n in (1, 2))
    merging.merge(one, two, by=haru, now=NOW)
    Customer.objects.update(fingerprint="")

    sync_customers(now=NOW)

    assert Customer.objects.get(pk=two.pk).merged_into == one
    assert Identity.objects.get(value="C00000002").customer == one


@pytest.mark.slow
def test_the_page_of_the_one_who_stays_tells_both_stories(
    directory: Path, haru: User, browsing: Callable[[User], Client]
) -> None:
    one, two = (Customer.objects.get(customer_id=f"C0000000{n}") for n in (1, 2))
    apart = [whole([each.customer_id]) for each in (one, two)]
    client = browsing(haru)

    answer = client.post(f"/customers/{one.public_id}/merge/{two.public_id}/", follow=True)
    together = whole(merging.ids_of(one))

    assert together and all(apart)
    assert len(together.story) == sum(len(each.story) for each in apart if each)
    assert together.orders == sum(each.orders for each in apart if each)
    assert "was merged into this customer" in answer.content.decode()
    assert client.get(f"/customers/{two.public_id}/").headers["Location"] == f"/customers/{one.public_id}/"
