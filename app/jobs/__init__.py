"""Background work: mail that waits to be sent, and what must happen every minute. Knows no Flask."""
