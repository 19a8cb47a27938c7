"""A program as plain prose and tables, for people who don't read rules: made of the typed program alone."""
