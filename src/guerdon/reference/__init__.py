"""The meaning of a program: one event at a time, in exact fractions, written to be read."""
