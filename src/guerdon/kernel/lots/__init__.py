"""Lots of a unit: as a queue, or at places in rings; when they expire, and what is given back to them."""
