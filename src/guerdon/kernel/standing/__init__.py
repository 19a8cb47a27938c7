"""Where a member stands on a ladder, and what counts towards it."""
