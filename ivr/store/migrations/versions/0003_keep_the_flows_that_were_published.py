"""Keep the flows that were published: their files, and who published them, when and why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import ivr.store.tables

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('flow_versions',
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('files', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_flow_versions'))
    )
    op.create_table('publications',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', ivr.store.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=128), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('refused', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['version'], ['flow_versions.version'], name=op.f('fk_publications_version')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_publications')),
    sqlite_autoincrement=True,
    )
    with op.batch_alter_table('publications', schema=None) as batch_op:
        batch_op.create_index('ix_publications_version', ['version'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('publications', schema=None) as batch_op:
        batch_op.drop_index('ix_publications_version')

    op.drop_table('publications')
    op.drop_table('flow_versions')
