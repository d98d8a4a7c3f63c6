"""Reading other people's files: encodings, formats, headers, numbers, dates.

Everything per row is SQL in DuckDB; Python decides per file and per column.
"""
