"""Which value of a param meets a target over a history."""
