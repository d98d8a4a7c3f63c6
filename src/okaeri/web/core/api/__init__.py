"""The JSON API: tokens, its assembly, and webhooks out."""
