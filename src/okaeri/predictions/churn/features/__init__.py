"""What is known about customers on a day, family by family, and nothing that was known only later."""

from okaeri.predictions.churn.features.gathering import examples_of, training_days

__all__ = ["examples_of", "training_days"]
