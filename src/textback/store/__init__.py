"""The store: the only room that knows SQL. Plain functions that take a transaction first; SQLite and PostgreSQL."""
