"""What happened: histories read from files, exactly, and set aside where they can't be."""
