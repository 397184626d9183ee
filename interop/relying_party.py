"""An application of somebody else: Flask with the OpenID Connect client of Authlib, as Debian packages them.

Usage: relying_party.py ISSUER CLIENT_ID CLIENT_SECRET PORT
Serves /sign-in and /callback on 127.0.0.1:PORT and prints one line of JSON when it listens. /callback shows what the
library accepted: the claims of the ID token and the answer of userinfo. Extra parameters of /sign-in go along.
"""

import json
import secrets
import sys

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

ISSUER, CLIENT_ID, CLIENT_SECRET, PORT = sys.argv[1:5]

app = Flask("relying_party")
# All servers of 127.0.0.1 share one cookie jar: a name of its own.
app.config.update(SECRET_KEY=secrets.token_hex(32), SESSION_COOKIE_NAME="interop_rp_session")
oauth = OAuth(app)
oauth.register(
    "hub",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 20},
)


@app.get("/sign-in")
def sign_in():
    return oauth.hub.authorize_redirect(f"http://127.0.0.1:{PORT}/callback", **request.args.to_dict())


@app.get("/callback")
def callback():
    token = oauth.hub.authorize_access_token()
    return jsonify(claims=token["userinfo"], userinfo=oauth.hub.userinfo(token=token), token_type=token["token_type"])


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(PORT), app, threaded=True)
    print(json.dumps({"origin": f"http://127.0.0.1:{PORT}"}), flush=True)
    server.serve_forever()
