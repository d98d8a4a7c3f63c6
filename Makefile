# Every target is one word of dev.py, which needs nothing but Python 3.11 or uv. Arguments: make demo ARGS="--size medium"
.PHONY: setup demo test check spark bench tidy lock
.DEFAULT_GOAL := demo

setup demo test check spark bench tidy lock:
	@python3 dev.py $@ $(ARGS)
