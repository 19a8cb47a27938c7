"""One event at a time on the kernel that CPython runs: what is kept of a member between two events, as bytes."""
