"""Privacy: copies of one's data, accounts that end, people who turn out to be one, and how long things are kept."""
