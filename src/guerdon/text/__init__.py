"""Source text, places in it, and what is said about them."""
