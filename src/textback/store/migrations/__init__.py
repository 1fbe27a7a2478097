"""Alembic's environment and the numbered schema changes."""
