#!/usr/bin/env python3
"""check_bundle.py ROOT KEY BUNDLE...: what vexlog wrote, by sigstore-python.

It knows no bundles without a certificate, so it is asked in parts: its models
read the bundle, its DSSE code verifies the envelope with the key, its log code
the entry (inclusion, checkpoint, promise) with the trusted root. That the
entry is about this envelope is compared here.
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sigstore import dsse
from sigstore.models import TransparencyLogEntry, TrustedRoot
from sigstore._internal.trust import KeyringPurpose
from sigstore_models.bundle.v1 import Bundle


def bound(body, envelope):
    """The entry's digest and signature are the envelope's."""
    spec = json.loads(body)["spec"]
    pae = dsse._pae(envelope._inner.payload_type, envelope._inner.payload)
    if "hashedRekordV002" in spec:
        spec = spec["hashedRekordV002"]
        digest = base64.b64decode(spec["data"]["digest"])
    else:
        digest = bytes.fromhex(spec["data"]["hash"]["value"])
    return (digest == hashlib.sha256(pae).digest() and
            base64.b64decode(spec["signature"]["content"]) ==
            envelope.signature)


def check(root, key, path):
    with open(path, "rb") as file:
        bundle = Bundle.from_json(file.read())
    envelope = dsse.Envelope(bundle.dsse_envelope)
    dsse._verify(key, envelope)
    material = bundle.verification_material
    entry = TransparencyLogEntry(material.tlog_entries[0])
    entry._verify(root.rekor_keyring(KeyringPurpose.VERIFY))
    if not bound(entry._inner.canonicalized_body, envelope):
        raise ValueError("the entry is about something else")


def main(root, key, *paths):
    root = TrustedRoot.from_file(root)
    with open(key, "rb") as file:
        key = load_pem_public_key(file.read())
    for path in paths:
        try:
            check(root, key, path)
        except Exception as error:  # any of theirs fails the bundle
            sys.exit(f"{path}: {error!r}")
    print(len(paths), "verified")


main(*sys.argv[1:])
