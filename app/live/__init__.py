"""The hub: a small process of its own that holds the open streams of all browsers (docs/decisions/0017-live-hub.md).

It knows no Flask, no database and no rule: whoever may listen to what was decided by the page that handed them over.
"""
