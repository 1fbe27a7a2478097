"""Compliance: what a text means for consent, and whether one may go. Pure; rules are cited by id."""
