"""Rows of events in, rows of the ledger out."""
