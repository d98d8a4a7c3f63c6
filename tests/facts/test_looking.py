"""Which table a file is for, as its headers and its cells tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from okaeri.facts.looking import look_at
from okaeri.facts.workspace import Workspace


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("Order no;E-mail;Date;Amount paid", "1;a@b.example;18/07/2026;£3.00"),
        ("Who,When,How much", "a@b.example,2026-01-02,3.5"),
        ("Buyer e-mail,Purchased on,Amount (GBP)", "a@b.example,02/01/2026,3.5"),
        ("Order #,Customer,Date of order,Order value", "1,Hana,2026-01-02,3"),
        ("Invoice,Client,Date,Gross", "1,Hana,2026-01-02,3"),
        ("Client,Date,Taken at the till", "Hana,2026-01-02,3.5"),
    ],
)
def test_sales_are_taken_for_orders_whatever_a_till_calls_its_columns(
    headers: str, cells: str, tmp_path: Path, shop: Workspace
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(f"{headers}\n" + f"{cells}\n" * 6, "utf-8")

    best = look_at(shop, file).choices[0]
    assert (best.table, best.missing) == ("orders", ())


@pytest.mark.parametrize(
    ("headers", "cells", "table"),
    [
        ("ticket,customer,created,closed", "1,Hana,2026-01-02,2026-01-03", "tickets"),
        ("user,event,timestamp", "Hana,login,2026-01-02", "events"),
        ("date,channel,cost", "2026-01-02,search,30", "spend"),
        ("customer_id,name,points", "1,Hana,30", "customers"),
    ],
)
def test_other_facts_are_not_taken_for_orders(
    headers: str, cells: str, table: str, tmp_path: Path, shop: Workspace
) -> None:
    file = tmp_path / "facts.csv"
    file.write_text(f"{headers}\n" + f"{cells}\n" * 6, "utf-8")

    assert look_at(shop, file).choices[0].table == table


def test_an_id_that_another_file_had_too_does_not_make_it_that_file(shop: Workspace, tmp_path: Path) -> None:
    """Once customers were brought in by nothing but their id, every file with that header looked like them."""
    shop.save_mapping("customers", {"customer_id": "customerID"})
    sales = tmp_path / "sales.csv"
    sales.write_text("InvoiceNo,Quantity,InvoiceDate,UnitPrice,customerID\n1,2,2024-01-05,3.5,aki\n", "utf-8")

    assert look_at(shop, sales).choices[0].table == "orders"
