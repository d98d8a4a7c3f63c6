"""The same names as other products define them, side by side on one dataset."""
