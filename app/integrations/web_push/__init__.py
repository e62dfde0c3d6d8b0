"""Web Push: messages to browsers, encrypted for them and signed by us (RFC 8030, 8188, 8291, 8292)."""
