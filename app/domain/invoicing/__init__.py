"""Invoices: drafted, issued, corrected, settled. One file a verb; the words they share are in `terms`."""
