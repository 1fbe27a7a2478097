"""The kinds of step, one module each, and the table of them all (`registry`)."""
