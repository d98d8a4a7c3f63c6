"""The families of features: one module with a `FAMILY` and one query each; whatever lies here is used."""
