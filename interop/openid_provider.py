"""An OpenID Provider of somebody else: Django OAuth Toolkit (on oauthlib and jwcrypto), as Debian packages it.

Usage: openid_provider.py REDIRECT_URI
Listens on a free port of 127.0.0.1 and prints one line of JSON: issuer, clientId, clientSecret, username, password.
Nothing of the protocol is written here: settings, one person, one client, and Django's own sign-in page.
"""

import json
import secrets
import signal
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

REDIRECT_URI = sys.argv[1]
USERNAME = "ada"
PASSWORD = secrets.token_urlsafe(16)
FOLDER = tempfile.TemporaryDirectory(prefix="entente-interop-op-")

key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)

settings.configure(
    DEBUG=False,
    SECRET_KEY=secrets.token_urlsafe(32),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    LOGIN_URL="/login/",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    # All servers of 127.0.0.1 share one cookie jar: names of its own.
    SESSION_COOKIE_NAME="interop_op_session",
    CSRF_COOKIE_NAME="interop_op_csrf",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(FOLDER.name) / "op.sqlite3")}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {
                            "registration/login.html": '<form method="post" action="{{ request.get_full_path }}">'
                            "{% csrf_token %}{{ form }}"
                            '<input type="hidden" name="next" value="{{ next }}"></form>'
                        },
                    )
                ],
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": key.decode(),
        "PKCE_REQUIRED": True,
        "SCOPES": {"openid": "who you are", "email": "your e-mail", "profile": "your name"},
        "OAUTH2_VALIDATOR_CLASS": f"{__name__}.Validator",
    },
)
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402
from oauth2_provider.views import ConnectDiscoveryInfoView  # noqa: E402


class Validator(OAuth2Validator):
    """Says which claims there are; the toolkit asks for it."""

    def get_additional_claims(self, request):
        user = request.user
        return {
            "sub": f"person-{user.pk}",
            "email": user.email,
            "email_verified": True,
            "given_name": user.first_name,
            "family_name": user.last_name,
        }


urlpatterns = [
    path("login/", LoginView.as_view()),
    # The toolkit serves discovery with a trailing slash only; OpenID Connect Discovery 1.0 has none.
    path("o/.well-known/openid-configuration", ConnectDiscoveryInfoView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format, *args):
        print(f"{datetime.now().isoformat()} {format % args}", file=sys.stderr)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user(
        USERNAME, "ada@borealis.example", PASSWORD, first_name="Ada", last_name="Lindqvist"
    )
    application = get_application_model()
    client_secret = secrets.token_urlsafe(32)
    client = application.objects.create(
        name="Entente",
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_AUTHORIZATION_CODE,
        algorithm=application.RS256_ALGORITHM,
        redirect_uris=REDIRECT_URI,
        client_secret=client_secret,
        skip_authorization=True,
    )
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
    ready = {
        "issuer": f"http://127.0.0.1:{server.server_port}/o",
        "clientId": client.client_id,
        "clientSecret": client_secret,
        "username": USERNAME,
        "password": PASSWORD,
    }
    print(json.dumps(ready), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
