"""Events that can be undone, and what undoes them."""
