"""What every room stands on: people and roles, the facts, jobs, customers and the doors for data."""
