"""Triggers and referrals."""

from __future__ import annotations

from guerdon.text.codes.code import Code

CODES: dict[str, Code] = {
    "G505": Code("unknown trigger", "Beside events, a rule can wait for what comes by itself: the start or the end of a period, an anniversary, a day, so long after events or without them, so long before points expire, a tier that is reached. This is none of these.", "Write `on end of month`, `on anniversary of joining`, `on 2026-12-24`, `on 30 days after signup`, `on 90 days without purchase`, `on 7 days before star expires` or `on status reaching Gold`."),
    "G506": Code("anniversary of no date", "There are anniversaries of dates that are known of a member, and of the day of joining. This is none.", "Declare the fact as a `date` below `member`, or write `anniversary of joining`."),
    "G507": Code("trigger that never comes", "What the rule waits for can't happen: points that never expire have no day before that, and nobody reaches the tier on which everybody starts.", "Mend the unit or the tier, or let the rule wait for something else."),
    "G508": Code("trigger of an account", "What a rule waits for happens to each member by themselves, and this unit or ladder belongs to an account.", "Wait for something of the member, or for an event, and ask for what the account has behind `when`."),
    "G531": Code("fact of another member outside a rule", "What is known of another member may change without an event of one's own, so only rules look at it, at their event. Measures, tiers, expiry, lines and derived facts can't.", "Ask for it in the rule that needs it."),
    "G532": Code("fact of what is no member", "A dot leads from a member to one of their facts. What stands before this one is no member.", "Write what stands before the dot alone, or name a fact of type `member`."),
    "G533": Code("`same as` where nothing differs", "`same as` is for texts, which people spell in several ways, for members, and for what may be missing. For everything else `is` says the same.", "Write `is`."),
    "G534": Code("referral that lacks something", "A referral says by which event a friend appears, which fact names who brought them, what the friend must do, and who gets what for it.", "Add the clause that is missing."),
    "G535": Code("nobody named as referrer", "Behind `referrer` stands the fact that names who brought the friend: a fact of type `member`, of the member or of the friend's event.", "Name such a fact, or declare one."),
    "G536": Code("receiver of a referral", "What a referral gives goes to the referrer or to the friend, or to somebody whom a fact of the referrer names.", "Write `to referrer` or `to friend`; for both, write two lines."),
    "G537": Code("limit of neither referrer nor friend", "Two people have to do with a referral, so a limit says of which of them it counts.", "Write `per referrer` or `per friend`."),
    "G538": Code("limit on what nobody gets", "A limit on an amount bounds what the referrer gets, or what the friend gets. This one is on somebody to whom nothing is given.", "Give them something, or take the limit out."),
}
