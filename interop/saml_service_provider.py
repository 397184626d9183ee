"""A SAML service provider of somebody else: pysaml2 with xmlsec1, as Debian packages them.

Reads one JSON object from standard input: the metadata of the identity provider, keys of its own, and messages. Prints a
JSON list, for each message what the library read in it, or {"refused": kind of the exception}. Nothing of the protocol
is written here.
"""

import json
import sys
import tempfile
from pathlib import Path

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.sigver import verify_redirect_signature


def client(given, folder):
    (folder / "idp.xml").write_text(given["metadata"])
    (folder / "key.pem").write_text(given["privateKeyPem"])
    (folder / "certificate.pem").write_text(given["certificatePem"])
    keys = {"key_file": str(folder / "key.pem"), "cert_file": str(folder / "certificate.pem")}
    return Saml2Client(
        config=SPConfig().load(
            {
                "entityid": given["entityId"],
                "service": {
                    "sp": {
                        "endpoints": {
                            "assertion_consumer_service": [(given["acsUrl"], BINDING_HTTP_POST)],
                            "single_logout_service": [
                                (given["sloUrl"], BINDING_HTTP_POST),
                                (given["sloUrl"], BINDING_HTTP_REDIRECT),
                            ],
                        },
                        "want_response_signed": True,
                        "want_assertions_signed": True,
                        "logout_requests_signed": True,
                    }
                },
                "allow_unknown_attributes": True,
                **keys,
                "encryption_keypairs": [keys],
                "xmlsec_binary": "/usr/bin/xmlsec1",
                "metadata": {"local": [str(folder / "idp.xml")]},
            }
        )
    )


def is_signed(party, query):
    (issuer,) = party.metadata.keys()
    found = party.metadata.certs(issuer, "idpsso", "signing")
    # Later versions of the library hand out a name with each certificate.
    certificates = [item if isinstance(item, str) else item[1] for item in found]
    return any(verify_redirect_signature(dict(query), party.sec.sec_backend, one) for one in certificates)


def read(party, message):
    binding = BINDING_HTTP_POST if message["binding"] == "POST" else BINDING_HTTP_REDIRECT
    # This version checks the signature of a query only where it is told to.
    if "query" in message and not is_signed(party, message["query"]):
        return {"refused": "query"}
    if message["kind"] == "Response":
        response = party.parse_authn_request_response(message["message"], binding, {message["request"]: "/"})
        return {
            "nameId": response.name_id.text,
            "attributes": response.ava,
            "sessionIndex": response.session_info()["session_index"],
            "issuer": response.issuer(),
        }
    if message["kind"] == "LogoutRequest":
        request = party.parse_logout_request(message["message"], binding).message
        return {"nameId": request.name_id.text, "sessionIndex": request.session_index[0].text}
    response = party.parse_logout_request_response(message["message"], binding)
    return {"inResponseTo": response.response.in_response_to, "status": response.response.status.status_code.value}


def main():
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(prefix="entente-interop-sp-") as folder:
        party = client(given, Path(folder))
        verdicts = []
        for message in given["messages"]:
            try:
                verdicts.append(read(party, message))
            except Exception as fault:  # whatever the library raises is its verdict
                print(f"{message['kind']}: {fault!r}", file=sys.stderr)
                verdicts.append({"refused": type(fault).__name__})
        print(json.dumps(verdicts))


if __name__ == "__main__":
    main()
