"""Prize draws: the list of entries, the winners that a seed picks from it, and how both are shown."""
