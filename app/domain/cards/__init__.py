"""Payment by card: our invoice is the truth, the provider moves the money (docs/decisions/0027-card-payments.md)."""
