"""Rules by which questions are graded once more, and grades that are set by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECKS = {
    "regrade": "(cause = 'regrade') = (regrade_id IS NOT NULL)",
    "override": "(cause = 'override') = (reason IS NOT NULL)",
}


def upgrade() -> None:
    """Make the table of rules, and let a grade say by which rule or by whom it was given."""
    op.create_table(
        "regrades",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer_key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("never_lower", sa.Boolean(), nullable=False),
        sa.Column("respects_overrides", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("digest", sa.String(length=96), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "policy IN ('new_key', 'either_key', 'full_credit', 'drop_question')", name=op.f("ck_regrades_policy")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_regrades_actor_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["answer_key_id"], ["answer_keys.id"], name=op.f("fk_regrades_answer_key_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revisions.id"], name=op.f("fk_regrades_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sa.UniqueConstraint("revision_id", "digest", name=op.f("uq_regrades_revision_id_digest")),
    )
    op.add_column("attempts", sa.Column("regraded_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("grades") as grades:
        grades.add_column(sa.Column("first", sa.Text(), nullable=True))
        grades.add_column(sa.Column("regrade_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        grades.add_column(sa.Column("reason", sa.String(length=1000), nullable=True))
        grades.add_column(sa.Column("actor_id", sa.Uuid(), nullable=True))
        grades.create_foreign_key(op.f("fk_grades_regrade_id"), "regrades", ["regrade_id"], ["id"], ondelete="RESTRICT")
        grades.create_foreign_key(op.f("fk_grades_actor_id"), "users", ["actor_id"], ["id"], ondelete="RESTRICT")
        for name, check in CHECKS.items():
            grades.create_check_constraint(op.f(f"ck_grades_{name}"), check)
    regraded = sa.text("regrade_id IS NOT NULL")
    op.create_index("ix_grades_regraded", "grades", ["regrade_id"], sqlite_where=regraded, postgresql_where=regraded)


def downgrade() -> None:
    """Take the rules away again, as long as no grade was given by one, or by hand."""
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM grades WHERE cause IN ('regrade', 'override')")):
        raise RuntimeError("There are mended grades, which the older schema cannot hold: restore a backup instead.")
    op.drop_index("ix_grades_regraded", "grades")
    with op.batch_alter_table("grades") as grades:
        for name in CHECKS:
            grades.drop_constraint(op.f(f"ck_grades_{name}"), type_="check")
        grades.drop_constraint(op.f("fk_grades_actor_id"), type_="foreignkey")
        grades.drop_constraint(op.f("fk_grades_regrade_id"), type_="foreignkey")
        for column in ("actor_id", "reason", "regrade_id", "first"):
            grades.drop_column(column)
    op.drop_column("attempts", "regraded_at")
    op.drop_table("regrades")
