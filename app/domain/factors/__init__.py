"""What people show to be let in besides a password: passkeys, an authenticator's codes, recovery codes."""
