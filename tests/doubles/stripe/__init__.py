"""A Stripe that keeps state, as a process of its own that knows nothing of Portico.

Written from Stripe's public contract and the library's own types; it shares no line with what it tests.
"""
