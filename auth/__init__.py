"""Who asks and what they may do: the permission rule, pure and in SQL."""
