"""Who to talk to first: what may be lost with each customer, why, and what to do; kept, and judged by what came."""
