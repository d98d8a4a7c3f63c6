"""The pages of figures: each reads what was kept and lays it out; only click-throughs ask the facts."""
