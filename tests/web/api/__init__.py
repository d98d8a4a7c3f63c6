"""The JSON API, tokens and webhooks."""
