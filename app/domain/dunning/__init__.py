"""What happens when an invoice stays unpaid: a ladder of steps, undone in the moment it is paid."""
