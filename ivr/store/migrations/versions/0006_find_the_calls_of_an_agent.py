"""Find the latest calls of an agent's phone without walking over those of all others."""

from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_index('ix_calls_agent_arrived_at', 'calls', ['agent', 'arrived_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_calls_agent_arrived_at', 'calls')
