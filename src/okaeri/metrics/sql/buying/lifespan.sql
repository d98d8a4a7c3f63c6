-- per segment and period end: customers with two orders or more so far, and the days from their first to last order
select segment, period, repeaters, days, squares
from repeat_lives
