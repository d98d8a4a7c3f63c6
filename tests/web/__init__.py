"""Tests of the web application, in real browsers and on real databases."""
