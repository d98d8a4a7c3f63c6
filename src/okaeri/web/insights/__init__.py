"""The pages people open every day; they read what jobs measured and never scan the lake."""
