"""Identity providers for tests, each a server of its own on a real port, none of which knows our code."""
