"""The same meaning as one loop over integers, lowered to Python and to WebAssembly."""
