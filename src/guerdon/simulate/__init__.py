"""Histories that are made up: members of eight kinds of programs, and what they do, the same for the same seed everywhere."""

NAMES = ("cafe", "weddings", "travel", "forecourt", "grocery", "software", "business", "purpose")
"""The kinds, in the order in which the manual tells of them."""
