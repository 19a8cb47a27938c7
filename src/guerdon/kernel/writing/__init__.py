"""Writing a text: its lines, its values, expressions."""
