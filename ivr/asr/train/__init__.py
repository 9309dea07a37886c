"""Making an ear better with recordings: needs the optional extra `train` (torch)."""
