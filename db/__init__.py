"""How data lies: models, migrations, snapshots."""
