"""The customers directory: profiles, consent, identities, notes and tasks; what happened to them is in the lake."""
