"""Tests of the doors for events, from HTTP to the lake."""
