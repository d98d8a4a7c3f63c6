"""The pages of the directory: the list, one customer, and what people change there."""
