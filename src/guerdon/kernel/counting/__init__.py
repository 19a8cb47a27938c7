"""What adds up of a member: totals, windows, totals for facts apart, streaks."""
