"""Bookings in other calendars, and other calendars' busy times in ours."""
