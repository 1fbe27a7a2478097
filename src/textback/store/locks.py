"""The names of our advisory locks in PostgreSQL: any numbers, as long as no two are the same."""

MIGRATING = 7_267_123_801_446_309
"""Held by whoever brings the schema up to date."""
SERVING = 7_267_123_801_446_310
"""Held by every server, shared, and alone by whoever spreads the tables."""
TIDYING = 7_267_123_801_446_311
"""Held by the one node that deletes what was kept long enough."""
SWEEPING = 7_267_123_801_446_312
"""Held for a moment by the node that takes the nightly sweep."""
MERGING = 7_267_123_801_446_313
"""Held by whoever merges contacts, takes a merge back, or erases a contact."""
HOOKS = 72_671_238
"""Held, with a bucket or -1, by whoever queues or finishes deliveries to webhooks."""
