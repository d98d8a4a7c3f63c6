"""The kinds of places facts can be fetched from, one file each."""
