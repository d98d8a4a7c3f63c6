"""What customers will buy and are worth: probability models fitted to a few numbers per customer.

Times are in any one unit; a fit answers in the unit it was given. Choosing among models is `choice`'s work.
"""
