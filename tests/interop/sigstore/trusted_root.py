#!/usr/bin/env python3
"""trusted_root.py TRUST_JSON: its logs as a Sigstore trusted_root.json, on
standard output, for clients that read nothing else."""

import base64
import json
import sys

DETAILS = {256: "PKIX_ECDSA_P256_SHA_256"}


def log(item):
    der = base64.b64decode("".join(item["key"].split("\n")[1:-2]))
    ed25519 = len(der) == 44
    host = item["origin"].split(" - ")[0]
    key_id = base64.b64encode(bytes.fromhex(item["keyId"])).decode()
    return {
        "baseUrl": f"https://{host}",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": base64.b64encode(der).decode(),
            "keyDetails": "PKIX_ED25519" if ed25519 else DETAILS[256],
            "validFor": {"start": item["validFrom"]},
        },
        "logId": {"keyId": key_id},
    }


with open(sys.argv[1], encoding="utf-8") as file:
    trust = json.load(file)
json.dump({
    "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "tlogs": [log(item) for item in trust["logs"]],
    "certificateAuthorities": [], "ctlogs": [], "timestampAuthorities": [],
}, sys.stdout, indent=1)
