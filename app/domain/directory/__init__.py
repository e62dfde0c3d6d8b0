"""Who can be found here, by what, and who is in the house right now."""
