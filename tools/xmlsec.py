"""Find the xmlsec1 program, which the tests' SAML identity provider signs with. Standard library only."""

from __future__ import annotations

import os
import shutil

HOW_TO_GET_IT = (
    "The SAML tests run an identity provider that signs with xmlsec1, and none was found. Install it (Debian: "
    "apt-get install xmlsec1; macOS: brew install libxmlsec1), or set XMLSEC1 to the path of its program."
)


def find_xmlsec() -> str | None:
    """Return the path of the program: XMLSEC1 first, then PATH."""
    return shutil.which(os.environ.get("XMLSEC1") or "xmlsec1")
