"""How fast and how steady the hotline is on this machine, measured at the phone's ear."""
