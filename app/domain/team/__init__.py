"""Teams: who is in one, what they may do for it, who pays, and how somebody joins."""
