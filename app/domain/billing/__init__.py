"""What is to be billed, and the run that bills it."""
