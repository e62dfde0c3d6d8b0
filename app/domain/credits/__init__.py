"""Credits: time in rooms and money that somebody has. One file a verb; shared words are in `terms`."""
