"""What people and machines see of the hotline over HTTP."""
