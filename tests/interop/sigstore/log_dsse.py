#!/usr/bin/env python3
"""log_dsse.py URL 1|2 KEY BUNDLE: the envelope of a bundle, logged at URL in
the kind that other clients use (dsse), and the bundle with that entry on
standard output."""

import base64
import json
import sys
import urllib.request


def post(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def encode(text):
    return base64.b64encode(bytes.fromhex(text)).decode()


def entry_v1(answer):
    (item,) = answer.values()
    proof = item["verification"]["inclusionProof"]
    return {
        "logIndex": str(item["logIndex"]),
        "logId": {"keyId": encode(item["logID"])},
        "kindVersion": {"kind": "dsse", "version": "0.0.1"},
        "integratedTime": str(item["integratedTime"]),
        "inclusionPromise": {"signedEntryTimestamp":
                             item["verification"]["signedEntryTimestamp"]},
        "inclusionProof": {
            "logIndex": str(proof["logIndex"]),
            "rootHash": encode(proof["rootHash"]),
            "treeSize": str(proof["treeSize"]),
            "hashes": [encode(h) for h in proof["hashes"]],
            "checkpoint": {"envelope": proof["checkpoint"]}},
        "canonicalizedBody": item["body"],
    }


def main(url, version, key, path):
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    with open(key, "rb") as file:
        pem = file.read()
    envelope = bundle["dsseEnvelope"]
    if version == "1":
        entry = entry_v1(post(f"{url}/api/v1/log/entries", {
            "kind": "dsse", "apiVersion": "0.0.1",
            "spec": {"proposedContent": {
                "envelope": json.dumps(envelope),
                "verifiers": [base64.b64encode(pem).decode()]}}}))
    else:
        der = "".join(pem.decode().split("\n")[1:-2])
        entry = post(f"{url}/api/v2/log/entries", {"dsseRequestV002": {
            "envelope": envelope,
            "verifiers": [{"keyDetails": "PKIX_ECDSA_P256_SHA_256",
                           "publicKey": {"rawBytes": der}}]}})
    bundle["verificationMaterial"]["tlogEntries"] = [entry]
    json.dump(bundle, sys.stdout)


main(*sys.argv[1:])
