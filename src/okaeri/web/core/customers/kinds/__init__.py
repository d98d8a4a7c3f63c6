"""What there is a fixed number of: channels, states and marks, with their words."""
