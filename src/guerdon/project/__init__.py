"""A program as files: its text, the files whose declarations it uses, and those that hold rows of its tables."""
