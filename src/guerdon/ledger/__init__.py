"""What was awarded and which tiers were held: only ever added to."""
