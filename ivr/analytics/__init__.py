"""Finished calls, measured: what callers felt and what offers brought."""
