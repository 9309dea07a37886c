"""Keep a wish to be called back once for a call and queue; of several the last stays."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.execute(sa.text(
        'DELETE FROM call_backs WHERE EXISTS (SELECT 1 FROM call_backs AS later'
        ' WHERE later.call_id = call_backs.call_id AND later.queue = call_backs.queue'
        ' AND later.wish > call_backs.wish)'
    ))
    with op.batch_alter_table('call_backs', schema=None) as batch_op:
        batch_op.drop_index('ix_call_backs_call_id')
        batch_op.create_index('ix_call_backs_call_id_queue', ['call_id', 'queue'], unique=True)


def downgrade() -> None:
    with op.batch_alter_table('call_backs', schema=None) as batch_op:
        batch_op.drop_index('ix_call_backs_call_id_queue')
        batch_op.create_index('ix_call_backs_call_id', ['call_id'], unique=False)
