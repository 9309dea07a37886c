"""A self-hosted hotline that answers before it is asked."""

__version__ = "0.1.0"
