"""The certificate of a server that speaks https. This module reads it, and says what is wrong with it."""

from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError

from atthene_emulator.errors import SetupError


def context_of(certificate: str, key: str | None = None) -> SSLContext:
    """What encrypts connections.

    Args:
        certificate: a file of PEM, with the certificates of those who vouch for it, if there are any.
        key: the file of its key; without one, `certificate` holds the key, too.

    Raises:
        SetupError: a file cannot be read or holds something else, or the two do not belong together.
    """
    holder = key or certificate
    _expect("CERTIFICATE-----", certificate, "certificate")
    _expect("PRIVATE KEY-----", holder, "private key")
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])

    def no_password() -> str:
        raise SetupError(f"The key in {holder} is encrypted; take its password off, as with `openssl pkey`.")

    try:
        context.load_cert_chain(certificate, key, no_password)
    except SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise SetupError(f"The key in {holder} is not that of the certificate in {certificate}.") from None
        raise SetupError(
            f"{certificate} and {holder} hold no certificate and key that can be used: {error.reason}."
        ) from None
    return context


def _expect(mark: str, file: str, what: str) -> None:
    try:
        text = Path(file).read_text(encoding="latin-1")
    except OSError as error:
        raise SetupError(f"The {what} {file} cannot be read: {error.strerror}.") from None
    if mark not in text:
        raise SetupError(f"{file} holds no {what} in PEM, which begins with -----BEGIN.")
