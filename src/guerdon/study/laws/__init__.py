"""Laws attacked: histories by chance, the shortest that breaks one, and how that is told."""
