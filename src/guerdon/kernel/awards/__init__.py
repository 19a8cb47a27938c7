"""What comes of an event: rules, limits, groups, triggers, what rules take."""
