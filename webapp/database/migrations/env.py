"""What Alembic runs; the connection is handed in by ``webapp.database.upgrade``."""

from alembic import context

from webapp.database.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=False,  # the transaction is the caller's
    render_as_batch=True,
)
context.run_migrations()
