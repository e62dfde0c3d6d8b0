"""Names of people and portals, short and in full."""


def full_name(first_name: str, last_name: str) -> str:
    """Both names as one; some people have only one of them."""
    return f"{first_name} {last_name}".strip()


def initials(name: str) -> str:
    """The first letters of the first and the last word, large, of any script: what stands in for a picture."""
    words = name.split()
    return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()
