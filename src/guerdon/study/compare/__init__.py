"""Two versions of a program over one history: what changes, for whom, and which change in the rules brings which part of it."""
