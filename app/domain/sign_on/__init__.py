"""Signing in with an account of somewhere else: who may, whose account opens whose, and that an owner always can."""
