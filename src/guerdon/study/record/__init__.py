"""Records: what is needed to reproduce a result years later, and whether it is reproduced."""
