"""The ground everything stands on: errors, words, units, measurements, calendars, intervals.

Nothing here knows a table, a metric or a file format.
"""
