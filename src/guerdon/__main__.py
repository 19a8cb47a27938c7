"""`guerdon` and `python -m guerdon`: the command line, started without collecting garbage.

What `check` makes lives until it ends, and looking for garbage in it takes a tenth of
its time. Commands that read a history switch the collector on again.
"""

import gc


def start() -> None:
    """Runs the command line."""
    gc.disable()
    from guerdon.cli import main  # after the collector is off: importing makes most of the objects

    main()


if __name__ == "__main__":
    start()
