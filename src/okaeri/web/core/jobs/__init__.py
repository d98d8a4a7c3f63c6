"""Work behind the pages: what runs, when, how far it is, and what became of it."""
