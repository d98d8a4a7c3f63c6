"""Commands of the trial room."""
