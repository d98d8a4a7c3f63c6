"""Commands of `python -m okaeri.web`."""
