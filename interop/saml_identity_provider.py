"""A SAML IdP of somebody else: pysaml2 with xmlsec1, as Debian packages them.

Usage: saml_identity_provider.py SP_METADATA_URL
Listens on a free port of 127.0.0.1 and prints one line of JSON: entityId, metadata, username, password. The metadata of
the service provider is read when the first request comes. Nothing of the protocol is written here: keys, one person, a
sign-in page, and calls of the library. A request whose signature does not hold gets 403.
"""

import datetime
import json
import secrets
import signal
import sys
import tempfile
from html import escape
from pathlib import Path
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.authn_context import PASSWORDPROTECTEDTRANSPORT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT
from saml2.server import Server
from saml2.sigver import verify_redirect_signature
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

SP_METADATA_URL = sys.argv[1]
USERNAME = "kai"
PASSWORD = secrets.token_urlsafe(16)
PERSON = {"mail": ["kai@aurora.example"], "givenName": ["Kai"], "sn": ["Berg"]}
FOLDER = tempfile.TemporaryDirectory(prefix="entente-interop-idp-")


def write_key_pair(folder):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.aurora.example")])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def configuration(base):
    folder = Path(FOLDER.name)
    write_key_pair(folder)
    return IdPConfig().load(
        {
            "entityid": f"{base}/metadata",
            "service": {
                "idp": {
                    "endpoints": {"single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]},
                    "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                    "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": NAME_FORMAT_URI}},
                    "sign_response": True,
                    "sign_assertion": True,
                    # With True, this version looks for a signature inside the message, where the Redirect binding has
                    # none; that of the query is checked below.
                    "want_authn_requests_signed": False,
                    "subject_data": str(folder / "subjects"),
                }
            },
            "key_file": str(folder / "key.pem"),
            "cert_file": str(folder / "certificate.pem"),
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "signing_algorithm": SIG_RSA_SHA256,
            "digest_algorithm": DIGEST_SHA256,
            "metadata": {},
        }
    )


class IdentityProvider:
    def __init__(self, base):
        self.config = configuration(base)
        self.server = Server(config=self.config)
        self.knows_service_provider = False

    def metadata(self):
        return str(entity_descriptor(self.config))

    def sign_in_page(self, fields):
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
        )
        return f'<form method="post" action="/sso">{hidden}<input name="username"><input name="password"></form>'

    def answer(self, fields):
        if not self.knows_service_provider:
            self.server.metadata.load("remote", url=SP_METADATA_URL)
            self.knows_service_provider = True
        request = self.server.parse_authn_request(fields["SAMLRequest"], BINDING_HTTP_REDIRECT)
        issuer = request.message.issuer.text
        found = self.server.metadata.certs(issuer, "spsso", "signing")
        # Later versions of the library hand out a name with each certificate.
        certificates = [item if isinstance(item, str) else item[1] for item in found]
        signed = {name: fields[name] for name in ("SAMLRequest", "RelayState", "SigAlg", "Signature") if name in fields}
        crypto = self.server.sec.sec_backend
        if not any(verify_redirect_signature(dict(signed), crypto, certificate) for certificate in certificates):
            return None
        arguments = self.server.response_args(request.message)
        response = self.server.create_authn_response(
            PERSON,
            userid=USERNAME,
            authn={"class_ref": PASSWORDPROTECTEDTRANSPORT, "authn_auth": f"{self.config.entityid}"},
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **arguments,
        )
        message = self.server.apply_binding(
            BINDING_HTTP_POST, str(response), arguments["destination"], fields.get("RelayState", ""), response=True
        )
        return "".join(message["data"]) if isinstance(message["data"], list) else message["data"]

    def __call__(self, environ, start_response):
        def reply(status, body, kind="text/html; charset=utf-8"):
            start_response(status, [("Content-Type", kind)])
            return [body.encode()]

        if environ["PATH_INFO"] == "/metadata":
            return reply("200 OK", self.metadata(), "application/samlmetadata+xml")
        if environ["PATH_INFO"] != "/sso":
            return reply("404 Not Found", "not here")
        if environ["REQUEST_METHOD"] == "GET":
            return reply("200 OK", self.sign_in_page(single(environ["QUERY_STRING"])))
        fields = single(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
        if (fields.pop("username", ""), fields.pop("password", "")) != (USERNAME, PASSWORD):
            return reply("403 Forbidden", "wrong name or password")
        page = self.answer(fields)
        return reply("403 Forbidden", "the request is not signed as it must be") if page is None else reply("200 OK", page)


def single(encoded):
    return {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):
        print(format % args, file=sys.stderr)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = make_server("127.0.0.1", 0, None, handler_class=QuietHandler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    server.set_app(provider)
    ready = {
        "entityId": provider.config.entityid,
        "metadata": provider.metadata(),
        "username": USERNAME,
        "password": PASSWORD,
    }
    print(json.dumps(ready), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
