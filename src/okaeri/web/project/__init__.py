"""Settings, root URLs, the look, and how the parts are put together."""
