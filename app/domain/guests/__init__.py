"""Visitors whom somebody expects at a booking."""
