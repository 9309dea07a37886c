"""Three real calls that show the hotline, and prove that it works on this machine."""
