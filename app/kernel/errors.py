"""Refusals: what the rules say no to, named for the fact and carrying data, never HTML or status codes."""


class Refusal(Exception):
    """A rule said no. Children are named for the fact and hold what the sentence needs."""


class NotFound(Refusal):
    """The thing does not exist, or is not this tenant's or this person's to see: the two must look alike."""


class LinkGone(NotFound):
    """A mailed link was used or revoked, has expired, or never was."""


class AlreadyDecided(Refusal):
    """Somebody else decided first."""
