"""Alembic's entry: it runs inside the connection and transaction that `storage.migrate.upgrade` gives it."""

from alembic import context

from storage import (  # noqa: F401 - their tables join the others by being imported
    engine_schema,
    etl_schema,
    meaning_schema,
    progress_schema,
    report_schema,
    undo_schema,
    view_schema,
)
from storage.alerting import schema as alert_schema  # noqa: F401 - their tables join the others by being imported
from storage.star_schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
