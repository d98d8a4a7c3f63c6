"""Doors for files and databases: uploads, mappings, quarantine, connections that sync."""
