"""Komorebi Coffee, a simulated shop in which the true reason each customer left is known."""

from okaeri.demo.building import build
from okaeri.demo.company import Company, Size, blocks, simulate
from okaeri.demo.streaming import order_batches
from okaeri.demo.truth import REASONS
from okaeri.demo.write import write_files

__all__ = ["REASONS", "Company", "Size", "blocks", "build", "order_batches", "simulate", "write_files"]
