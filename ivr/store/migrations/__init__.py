"""How the tables came to be, one step a file; run by `ivr db upgrade` and at start."""
