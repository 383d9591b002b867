"""How GraphQL fields declare their data, and how operations run."""
