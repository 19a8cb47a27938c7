"""Text to tree and back: what was written, not yet what it means."""
