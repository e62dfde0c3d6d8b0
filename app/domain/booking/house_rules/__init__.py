"""The house's rules of booking: one engine for who may book what, when and how, and for why not."""
