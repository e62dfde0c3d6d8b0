"""Bookings: who may have which room when, for how much. One file a verb; the words they share are in `terms`."""
