"""The set-up: from a fresh clone to a hotline that can run, step by step, once.

It runs before any environment exists and therefore needs nothing but Python 3.11's standard
library. `make` calls `python3 -m setup TARGET`; what each target needs is in `plan.py`.
"""
