"""What may happen: what customers are worth, who will leave, whom an action moves, and how sure that is.

Numbers from the facts; what deserves attention lives in `signals`, drawings in `charts`.
"""
