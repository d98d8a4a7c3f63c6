"""The models that may be asked who will leave, and how what is known becomes columns of numbers."""
