"""Keep calls, callers and their events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import ivr.store.tables

revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('callers',
    sa.Column('caller_key', sa.String(length=64), nullable=False),
    sa.Column('seen_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('state_version', sa.Integer(), nullable=True),
    sa.Column('state', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('caller_key', name=op.f('pk_callers'))
    )
    with op.batch_alter_table('callers', schema=None) as batch_op:
        batch_op.create_index('ix_callers_seen_at', ['seen_at'], unique=False)

    op.create_table('calls',
    sa.Column('call_id', sa.String(length=128), nullable=False),
    sa.Column('caller_key', sa.String(length=64), nullable=False),
    sa.Column('dialled', sa.String(length=64), nullable=False),
    sa.Column('began_in', sa.String(length=8), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('arrived_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('question', sa.String(length=128), server_default='', nullable=False),
    sa.Column('agent', sa.String(length=64), server_default='', nullable=False),
    sa.Column('flows_version', sa.String(length=64), server_default='', nullable=False),
    sa.Column('texts_kept', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_calls'))
    )
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.create_index('ix_calls_arrived_at', ['arrived_at'], unique=False)
        batch_op.create_index('ix_calls_caller_key_arrived_at', ['caller_key', 'arrived_at'], unique=False)
        batch_op.create_index('ix_calls_outcome_arrived_at', ['outcome', 'arrived_at'], unique=False)
        batch_op.create_index('ix_calls_texts_kept', ['arrived_at'], unique=False, sqlite_where=sa.text('texts_kept'), postgresql_where=sa.text('texts_kept'))

    op.create_table('events',
    sa.Column('event', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.String(length=200), nullable=False),
    sa.Column('caller_key', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('at', ivr.store.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('event', name=op.f('pk_events')),
    sa.UniqueConstraint('source_id', name=op.f('uq_events_source_id'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_at', ['at'], unique=False)
        batch_op.create_index('ix_events_caller_key_at', ['caller_key', 'at'], unique=False)

    op.create_table('call_backs',
    sa.Column('wish', sa.Integer(), nullable=False),
    sa.Column('call_id', sa.String(length=128), nullable=False),
    sa.Column('sealed_number', sa.LargeBinary(), nullable=True),
    sa.Column('queue', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('asked_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('met_at', ivr.store.tables.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['call_id'], ['calls.call_id'], name=op.f('fk_call_backs_call_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('wish', name=op.f('pk_call_backs')),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table('call_backs', schema=None) as batch_op:
        batch_op.create_index('ix_call_backs_call_id', ['call_id'], unique=False)

    op.create_table('openings',
    sa.Column('call_id', sa.String(length=128), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('questions', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('propensity', sa.Double(), nullable=False),
    sa.Column('held_out', sa.Boolean(), nullable=False),
    sa.Column('candidates', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('model', sa.String(length=128), nullable=False),
    sa.Column('flows_version', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.call_id'], name=op.f('fk_openings_call_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_openings'))
    )
    op.create_table('turns',
    sa.Column('call_id', sa.String(length=128), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('speaker', sa.String(length=8), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('started_s', sa.Double(), nullable=False),
    sa.Column('ended_s', sa.Double(), nullable=False),
    sa.Column('intent', sa.String(length=128), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('silence_s', sa.Double(), nullable=True),
    sa.Column('interrupted', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.call_id'], name=op.f('fk_turns_call_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('call_id', 'number', name=op.f('pk_turns'))
    )


def downgrade() -> None:
    op.drop_table('turns')
    op.drop_table('openings')
    with op.batch_alter_table('call_backs', schema=None) as batch_op:
        batch_op.drop_index('ix_call_backs_call_id')

    op.drop_table('call_backs')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_caller_key_at')
        batch_op.drop_index('ix_events_at')

    op.drop_table('events')
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.drop_index('ix_calls_texts_kept', sqlite_where=sa.text('texts_kept'), postgresql_where=sa.text('texts_kept'))
        batch_op.drop_index('ix_calls_outcome_arrived_at')
        batch_op.drop_index('ix_calls_caller_key_arrived_at')
        batch_op.drop_index('ix_calls_arrived_at')

    op.drop_table('calls')
    with op.batch_alter_table('callers', schema=None) as batch_op:
        batch_op.drop_index('ix_callers_seen_at')

    op.drop_table('callers')
