"""The journal: every document and payment as double entry, for an accountant's own program."""
