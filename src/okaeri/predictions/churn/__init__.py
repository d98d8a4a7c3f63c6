"""Who will leave within a horizon, when, and why."""
