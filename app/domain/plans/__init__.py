"""Plans by their versions, and contracts: joined, changed, paused, ended. One file a verb; shared words are in `terms`."""
