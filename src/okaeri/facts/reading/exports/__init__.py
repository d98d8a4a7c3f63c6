"""Exports of well-known products: what each looks like, and how it becomes rows of a table. One TOML file each.

`export` is what such a file says, `recognising` finds it by a file's headers, `preparing` applies it.
"""
