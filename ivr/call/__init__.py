"""The core: one session carries one call from arrival to record."""
