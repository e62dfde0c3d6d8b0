"""E-mail addresses: what looks like one."""

LONGEST_EMAIL = 254


def looks_like_email(text: str) -> bool:
    """One @ with something before it, a dotted name after it, nothing white or unseen, at most 64 + 1 + 253 characters.

    And no longer than the tables hold, which keep it case-folded too: that makes two letters of an ß, three of an ΐ.
    It may stand in the head of a mail. Two addresses with marks between the letters that nobody sees look like one.
    """
    name, at, host = text.rpartition("@")
    labels = host.split(".")
    return (
        bool(at)
        and len(text.casefold()) <= LONGEST_EMAIL
        and 1 <= len(name) <= 64
        and "@" not in name
        and len(host) <= 253  # RFC 5321
        and len(labels) > 1
        and all(labels)
        and text.isprintable()
        and not any(char.isspace() or char in '<>()[],;:\\"' for char in text)
    )
