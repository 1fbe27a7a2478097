"""rows in order: on SQLite, long rows lie in the order in which they come, beside their keys (decision 9)"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
additive = True

TABLES = ("arrivals", "messages", "turns")


def upgrade() -> None:
    tx = op.get_bind()
    if tx.dialect.name != "sqlite":
        return
    for table in TABLES:
        made = sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL")
        parts = [(row.type, row.sql) for row in tx.execute(made, {"table": table})]
        (old,) = [sql for type_, sql in parts if type_ == "table"]
        tx.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_before")
        tx.exec_driver_sql(old.replace("WITHOUT ROWID", ""))
        tx.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM {table}_before")
        tx.exec_driver_sql(f"DROP TABLE {table}_before")  # and its indexes
        for type_, sql in parts:
            if type_ == "index":
                tx.exec_driver_sql(sql)
