"""Passes: what lets somebody in who is on no plan, when and where. One file a verb."""
