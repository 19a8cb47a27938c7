"""The same meaning as one loop over integers, lowered to Python and to WebAssembly.

A program's text is written (`writing`, `counting`, `awards`, `standing`, `lots`, `returns`, `loop`), lowered and run
(`lowering`, `machine`) over rows (`rows`) or one event at a time (`stepped`). Why so: docs/decisions/0027.
"""
