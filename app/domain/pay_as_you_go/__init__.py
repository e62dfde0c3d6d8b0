"""Paying as one goes: who has no pass agrees to a price, and is billed for the visit."""
