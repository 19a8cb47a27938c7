"""What the tests of a program reach: which rules gave something, which conditions held and did not, and the rest."""
