"""Models: finding their weights on this machine, checking them, and keeping them ready."""
