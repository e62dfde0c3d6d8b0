"""A SAML identity provider on pysaml2, in a process of its own, that can be told to misbehave.

It knows nothing of Portico: only what a service provider's metadata says. Run as
`python tests/support/identity/pysaml2_idp.py FOLDER PORT XMLSEC1` by `pysaml2.py`, never by hand. There is nobody to sign in:
`/_test/next` says who is, and which fault the next answers have.
"""

import re
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORD
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server

FOLDER, PORT, XMLSEC = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
HERE = f"http://127.0.0.1:{PORT}"
SHA256 = {
    "sign_alg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "digest_alg": "http://www.w3.org/2001/04/xmlenc#sha256",
}
SHA1 = {
    "sign_alg": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "digest_alg": "http://www.w3.org/2000/09/xmldsig#sha1",
}
ASSERTION = re.compile(r"<(?:\w+:)?Assertion .*</(?:\w+:)?Assertion>", re.DOTALL)
KEYS = ("first", "second", "stranger")
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 30, tzinfo=UTC)

app = Flask(__name__)
state: dict[str, Any] = {"user": "maya", "fault": "", "key": "first", "claims": {}, "last": ""}


def config(key: str = "first", lifetime: int = 300) -> IdPConfig:
    """The provider, signing with one of its keys; its answers live that many seconds."""
    both = [f"{name}.crt" for name in KEYS[:2] if name != key]
    return IdPConfig().load(
        {
            "entityid": f"{HERE}/metadata",
            "xmlsec_binary": XMLSEC,
            "key_file": str(FOLDER / f"{key}.key"),
            "cert_file": str(FOLDER / f"{key}.crt"),
            "additional_cert_files": [str(FOLDER / name) for name in both],
            "metadata": {"local": [str(path) for path in sorted(FOLDER.glob("portal-*.xml"))]},
            "service": {
                "idp": {
                    "name": "Test company",
                    "sign_response": True,
                    "sign_assertion": True,
                    "want_authn_requests_signed": True,
                    "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                    "endpoints": {
                        "single_sign_on_service": [(f"{HERE}/sign-on", BINDING_HTTP_REDIRECT)],
                        "single_logout_service": [(f"{HERE}/logout", BINDING_HTTP_REDIRECT)],
                    },
                    "policy": {
                        "default": {
                            "lifetime": {"seconds": lifetime},
                            "attribute_restrictions": None,
                            "name_form": NAME_FORMAT_URI,
                        }
                    },
                }
            },
        }
    )


# --- what tests tell it ----------------------------------------------------------------------------------------------


@app.post("/_test/portal")
def know_portal() -> str:
    """Trust a service provider, by its metadata: the newest of each that there is."""
    document = request.get_data(as_text=True)
    (entity,) = re.findall(r'entityID="([^"]+)"', document)
    (FOLDER / f"portal-{sha256(entity.encode()).hexdigest()}.xml").write_text(document)
    return ""


@app.post("/_test/next")
def choose_next() -> str:
    """Say who signs in from now on, and with which fault, key and attributes."""
    state.update({"fault": "", "key": "first", "claims": {}} | request.get_json())
    return ""


# --- what browsers and portals ask -----------------------------------------------------------------------------------


@app.get("/metadata")
def metadata() -> tuple[str, int, dict[str, str]]:
    return str(entity_descriptor(config())), 200, {"Content-Type": "application/samlmetadata+xml"}


@app.get("/sign-on")
def sign_on() -> str:
    """Answer a request at once: whoever `state` names is signed in here already."""
    server = Server(config=config(state["key"], lifetime()))
    asked = server.parse_authn_request(
        request.args["SAMLRequest"],
        BINDING_HTTP_REDIRECT,
        relay_state=request.args.get("RelayState"),
        sigalg=request.args.get("SigAlg"),
        signature=request.args.get("Signature"),
    )
    args = server.response_args(asked.message, [BINDING_HTTP_POST])
    return answer(server, args, request.args.get("RelayState", ""))


@app.get("/start")
def start() -> str:
    """Sign somebody in whose portal did not ask: `portal` is its entity id."""
    server = Server(config=config(state["key"]))
    portal = request.args["portal"]
    (service,) = server.metadata.assertion_consumer_service(portal, BINDING_HTTP_POST)
    args = {"in_response_to": None, "destination": service["location"], "sp_entity_id": portal}
    return answer(server, args, request.args.get("RelayState", ""))


@app.get("/logout")
def logout() -> tuple[str, int, dict[str, str]]:
    """Sign out: a portal's wish, or the answer to ours."""
    server = Server(config=config())
    if "SAMLResponse" in request.args:
        return "Signed out everywhere", 200, {}
    asked = server.parse_logout_request(
        request.args["SAMLRequest"],
        BINDING_HTTP_REDIRECT,
        relay_state=request.args.get("RelayState"),
        sigalg=request.args.get("SigAlg"),
        signature=request.args.get("Signature"),
    )
    state["signed_out"] = asked.message.name_id.text
    done = server.create_logout_response(asked.message, [BINDING_HTTP_REDIRECT], sign=False)
    return redirect(server, done, request.args.get("RelayState", ""), response=True)


@app.get("/leave")
def leave() -> tuple[str, int, dict[str, str]]:
    """Sign somebody out of a portal: `portal` is its entity id; a fault `unsigned` leaves out the signature."""
    server = Server(config=config(state["key"]))
    portal = request.args["portal"]
    (service,) = server.metadata.single_logout_service(portal, BINDING_HTTP_REDIRECT, "spsso")
    _id, wish = server.create_logout_request(
        service["location"],
        portal,
        name_id=name_id(),
        session_indexes=request.args.getlist("session") or None,
    )
    return redirect(server, wish, "back", signed=state["fault"] != "unsigned")


@app.get("/_test/signed-out")
def signed_out() -> str:
    return str(state.get("signed_out", ""))


# --- answers ---------------------------------------------------------------------------------------------------------


def name_id() -> NameID:
    return NameID(
        format=NAMEID_FORMAT_PERSISTENT, text=state["claims"].get("name_id", f"{state['user']}-7f3a")
    )


def lifetime() -> int:
    """How many seconds the next answer lives."""
    for_ever = int((END_OF_TIME - datetime.now(UTC)).total_seconds())
    return {"expired": -300, "for_ever": for_ever}.get(state["fault"], 300)


def claims() -> dict[str, str | list[str]]:
    user = state["user"]
    known = {"mail": f"{user}@example.test", "givenName": user.title(), "sn": "Company", "uid": user}
    return known | {name: value for name, value in state["claims"].items() if name != "name_id"}


def redirect(
    server: Server, message: Any, relay_state: str, *, response: bool = False, signed: bool = True
) -> tuple[str, int, dict[str, str]]:
    info = server.apply_binding(
        BINDING_HTTP_REDIRECT,
        str(message),
        re.findall(r'Destination="([^"]+)"', str(message))[0],
        relay_state,
        response=response,
        sign=signed,
        sigalg=SHA256["sign_alg"],
    )
    return "", 303, {"Location": dict(info["headers"])["Location"]}


def answer(server: Server, args: dict[str, Any], relay_state: str) -> str:
    """The page that sends the answer on, with the fault that was asked for."""
    fault, target = state["fault"], args["destination"]
    if fault == "other_request":
        args = {**args, "in_response_to": "id-of-somebody-elses-request"}
    elif fault == "no_request":
        args = {**args, "in_response_to": None}
    elif fault == "other_audience":
        args = {**args, "sp_entity_id": other_portal(server, args["sp_entity_id"])}
    elif fault == "other_address":
        other = other_portal(server, args["sp_entity_id"])
        (service,) = server.metadata.assertion_consumer_service(other, BINDING_HTTP_POST)
        args = {**args, "destination": service["location"]}
    made = server.create_authn_response(
        identity=claims(),
        userid=state["user"],
        name_id=name_id(),
        authn={"class_ref": PASSWORD, "authn_auth": HERE},
        sign_response=fault != "unsigned",
        sign_assertion=fault not in {"unsigned", "unsigned_assertion"},
        **(SHA1 if fault == "weak_signature" else SHA256),
        **{name: args[name] for name in ("in_response_to", "destination", "sp_entity_id")},
    )
    document = spoil(str(made), fault)
    if fault == "replayed":
        document = state["last"]
    state["last"] = document
    page = server.apply_binding(BINDING_HTTP_POST, document, target, relay_state, response=True)
    return "".join(page["data"])


def other_portal(server: Server, portal: str) -> str:
    """Another service provider than the one that asked."""
    known: list[str] = server.metadata.service_providers()
    return next(one for one in known if one != portal)


def spoil(document: str, fault: str) -> str:
    """The signed document, changed as somebody on the way would change it."""
    if fault == "altered":
        return document.replace(f"{state['user']}@example.test", "owner@example.test")
    if fault == "comment":
        return re.sub(r"(<\w+:NameID[^>]*>\w+)", r"\1<!-- -->", document)
    if fault == "comment_in_attribute":
        return document.replace("@example.test", "@example<!-- -->.test")
    if fault == "doctype":
        return re.sub(r"(<\?xml[^>]*\?>)?", r'\1<!DOCTYPE a [<!ENTITY b "c">]>', document, count=1)
    return smuggle(document, fault)


def smuggle(document: str, fault: str) -> str:
    """The signed document with an assertion of somebody's own beside the true one, which keeps its signature."""
    (signed,) = ASSERTION.findall(document)
    forged = re.sub(r"<(\w+:)?Signature .*?</(\w+:)?Signature>", "", signed, flags=re.DOTALL)
    forged = forged.replace(f"{state['user']}-7f3a", "owner-7f3a").replace(state["user"], "owner")
    renamed = re.sub(r' ID="[^"]*"', ' ID="id-forged"', forged, count=1)
    if fault == "two_assertions":
        return document.replace(signed, renamed + signed)
    if fault == "wrapped_same_id":
        return document.replace(signed, forged + signed)
    if fault == "wrapped":
        # The forged one where the true one stood, and the true one, still signed, where nobody looks for it.
        hidden = f"<ns9:Extensions xmlns:ns9='urn:oasis:names:tc:SAML:2.0:protocol'>{signed}</ns9:Extensions>"
        return re.sub(r"(</\w+:Issuer>)", rf"\1{hidden}", document.replace(signed, renamed), count=1)
    return document


if __name__ == "__main__":
    app.run("127.0.0.1", PORT)
