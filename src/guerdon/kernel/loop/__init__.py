"""The loop of a text: members begin and end, days pass, events of each kind happen."""
