"""A passkey's device, played by Chromium itself: its virtual authenticator answers as a phone or a laptop would."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass(frozen=True)
class VirtualDevice:
    """One authenticator of a page's browser, with the passkeys that were made on it."""

    cdp: CDPSession
    id: str

    def credentials(self) -> list[dict[str, Any]]:
        """Its passkeys, private keys included."""
        answer = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        found: list[dict[str, Any]] = answer["credentials"]
        return found

    def add(self, credential: dict[str, Any]) -> None:
        """Put a passkey on it that was made elsewhere."""
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    def recognises_owner(self, *, yes: bool) -> None:
        """Whether whoever holds it passes for its owner: finger, face or code."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def give_device(page: Page) -> VirtualDevice:
    """Give the page's browser a device with a screen lock."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    made = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return VirtualDevice(cdp, made["authenticatorId"])
