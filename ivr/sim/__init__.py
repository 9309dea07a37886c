"""Simulated phones, callers and engines, held to the same tests as the real ones."""
