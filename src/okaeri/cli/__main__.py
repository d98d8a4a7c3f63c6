"""`python -m okaeri.cli` is `okaeri`."""

from okaeri.cli import main

main()
