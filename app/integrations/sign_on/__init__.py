"""Clients of identity providers, one protocol a file."""
