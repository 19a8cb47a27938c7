"""What a program did and why, for people: tests, summaries, explanations, comparisons."""
