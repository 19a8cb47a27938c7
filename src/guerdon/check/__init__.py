"""Tree to typed program: names resolved, types and units checked, shorthand written out."""
