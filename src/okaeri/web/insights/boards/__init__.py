"""What people make of the figures: views, dashboards, shares, notes on charts, mails and alerts."""
