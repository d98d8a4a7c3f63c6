"""The kinds of signals, one file each."""
