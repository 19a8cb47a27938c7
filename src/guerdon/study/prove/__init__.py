"""What of a program can be proved: what never happens, the most that there can be, what another version changes."""
