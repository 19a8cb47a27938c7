"""Redeeming."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G468": Code("redeem where rules that give are named", "A group is about what its rules give, and who is replaced gives nothing. A redeem gives nothing: it takes.", "Name rules that give. What is had for the points is a rule of its own, and can stand there."),
    "G480": Code("redeem without a cost", "A redeem takes something, and this one does not say how much.", "Write `cost` and so much of a unit, like `cost 150 star`."),
    "G481": Code("redeem on an event that asks for none", "A redeem without `on` is asked for by a `redemption` that names it. With `on` it is asked for by an event that the program declares, other than a return; at a trigger nobody asks for anything.", "Take the line out, or name an event of the program."),
    "G482": Code("limit that cuts a fixed price", "A limit of a quantity takes as much as fits. Of a price that is fixed it would take a part and give the whole reward for it.", "Write `, or nothing` behind the limit, or limit how many times."),
    "G483": Code("redemption that looks at other rules", "Whether a redemption that asks for a reward is granted is decided before other rules are looked at: if it is refused, they give nothing.", "Let it cost what the event, the member or the balance says; or write `on` with an event of the program."),
    "G484": Code("earned by what takes", "`earned` asks what a rule gave in a window, and a redeem takes.", "Count the events that asked for it."),
    "G485": Code("unknown reward", "A `redemption` can name the redeems that have no `on`, and this is the name of none.", "Take the nearest name, or declare it with `redeem`."),
    "G486": Code("one expiry of what never expires", "`from one expiry` uses points that expire on one day. Points that never expire are all used together anyway.", "Take the line out, or say when the unit expires.", "warning"),
}
