"""What a space earns, who is on its plans, and how full it is: counted by the database, in a fixed number of statements."""
