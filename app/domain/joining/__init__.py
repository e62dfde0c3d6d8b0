"""Joining: how somebody becomes a person of the tenant, by an invitation or by asking, and the terms they accept."""
