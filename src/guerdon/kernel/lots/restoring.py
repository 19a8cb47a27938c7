"""What was taken out of lots is given back to them."""

from __future__ import annotations

from contextlib import nullcontext

from guerdon.kernel.lots.expiring import Expiring
from guerdon.kernel.lots.places import OWED
from guerdon.kernel.writing.make import QUANTITY


class Restoring(Expiring):
    """Lots into which something may come back."""

    def give_back(
        self, first: str, end: str, before: str, wanted: str, source: str = "spent", lot: str = "(-1)"
    ) -> None:
        """Gives back what was taken in some slices, in all `wanted` of it, of which so much was before; the last slice first.

        Shape: `source`: the pot that it went to; `lot`: the number of one for what is owed no more, and was repaid.
        """
        w = self.make.w
        given = {"first_of": first, "end_of": end, "before_of": before, "wanted_of": wanted}
        given |= {"code_back": str(self._posting(source, "available", "undone"))}
        given |= {"lot_back": lot} if self.owed_back else {}
        for name, value in given.items():
            w.line(f"{name} = {value}")
        self._call("restore", (*given, "day", "row"), self._given_back)

    def _given_back(self) -> None:
        w, n = self.make.w, self.name
        w.line("passed = 0")
        w.line("slice = end_of - 1")
        with w.block("while slice >= first_of and passed < wanted_of:"):
            w.line(f"upto = passed + {n}_slice_much[slice]")
            w.line("low = before_of if before_of > passed else passed")
            w.line("high = wanted_of if wanted_of < upto else upto")
            with w.block("if high > low:"):
                w.line(f"at = {n}_slice_of[slice]")
                w.line("much = high - low")
                if self.owed_back:
                    with w.block(f"if at == {OWED}:"):
                        self._owe_less()
                    with w.block("elif at < 0:"):
                        self._post(self._posting("taken back", "written off", "undone"), "much", "(-1)")
                with w.block("else:") if self.owed_back else nullcontext():
                    self._into()
            w.line("passed = upto")
            w.line("slice -= 1")
        self._look()

    def _owe_less(self) -> None:
        """Takes `much` off the debt; as far as it was repaid since, it comes as a lot of its own."""
        w, n = self.make.w, self.name
        w.line(f"less = {n}_debt if {n}_debt < much else much")
        w.line(f"{n}_debt -= less")
        with w.block("if less > 0:"):
            self._post(self._posting("taken back", "debt", "undone"), "less", "(-1)")
        w.line("much -= less")
        with w.block("if much > 0:"):
            self.grant_undone("much", "lot_back")

    def grant_undone(self, quantity: str, lot: str) -> None:
        """Gives a lot of today for what was taken, which joins no other."""
        raise NotImplementedError

    def _into(self) -> None:
        """Gives `much` back to the lot `at`; it expires at once, where its day has come and nothing of it was left."""
        w, n = self.make.w, self.name
        w.line(f"was = {n}_of[at]")
        w.line(f"{n}_of[at] += much")
        w.line(f"{n}_left = fits({n}_left + much, 0, {QUANTITY})")
        self._post("code_back", "much", self._lot("at"))
        gone = self.life.gone_of("at")
        with w.block(f"if was == 0 and {gone} <= day:"):
            self._gone("at", "(-1)", "expired meanwhile")
        with w.block("else:"):
            self._repay_from()
        ring = f"{n}_line[at]" if self.life.several else "0"
        with w.block(f"if was == 0 and {n}_of[at] > 0:"):
            w.line(f"ring = {ring}")
            self.rings.insert("at", "ring")
            w.line(f"{n}_again[at] = {n}_backs")
            w.line(f"{n}_back[{n}_backs] = at")
            w.line(f"{n}_since[{n}_backs] = {n}_tail")
            w.line(f"{n}_backs += 1")
            w.line(f"{n}_same[ring] = 0")
        with w.block(f"if was > 0 and {n}_of[at] == 0:"):
            self.rings.unlink("at")
