"""Texts of restricted Python, run by CPython on integers without bounds or as WebAssembly: the same numbers, or a trap.

The text is a module of functions over integers; arrays are free names, declared beside it (`memory`). `text` reads it into
a tree, `ranges` proves what fits where, `wasm` writes a module's bytes, `python` the text that CPython runs, `run` runs both.
Nothing here imports wasmtime before a `WasmKernel` is made. Why so: docs/decisions/0025.
"""
