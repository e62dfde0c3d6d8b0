"""Announcements: staff tell many people something at once, now or later (decision 0023). One file a verb."""
