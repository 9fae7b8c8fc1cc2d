"""Alembic's entry: it runs inside the connection and transaction that `storage.migrate.upgrade` gives it."""

from alembic import context

from storage.star_schema import metadata
from storage.undo_schema import undos  # noqa: F401 - its tables join the others by being imported

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
