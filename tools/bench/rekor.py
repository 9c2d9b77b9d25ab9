"""Rows of logs: entries verified, bundles, the local log, a queue drained.

Peers are sigstore-go and sigstore-python, as `make interop` installs them, and
for the queue what rekor-tiles itself takes from the same number of senders.
"""
import base64
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "../.."))
CACHE = os.environ.get("VEXLOG_INTEROP_CACHE", os.path.join(
    os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")),
    "vexlog-interop"))
SIGSTORE_PYTHON = "sigstore==4.5.1"  # as tests/interop/rekor.sh
PORT = 18710
IDENTITY = ("https://github.com/sigstore-conformance/extremely-dangerous-"
            "public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-"
            "beacon.yml@refs/heads/main")
ISSUER = "https://token.actions.githubusercontent.com"


def sh(command, **options):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          text=True, **options)
    return done.stdout


# ---- peers ----------------------------------------------------------------

def sigstore_go():
    out = os.path.join(ROOT, "build/bench/sigstore")
    os.makedirs(os.path.dirname(out), exist_ok=True)
    sh(["go", "build", "-buildvcs=false", "-o", out, "."],
       cwd=os.path.join(ROOT, "tests/interop/sigstore"),
       env={**os.environ, "CGO_ENABLED": "0"})
    return out


def sigstore_python():
    folder = os.path.join(CACHE, "sigstore")
    python = os.path.join(folder, "bin/python")
    if not os.path.exists(os.path.join(folder, "ready")):
        sh([sys.executable, "-m", "venv", folder])
        sh([python, "-m", "pip", "-q", "install", SIGSTORE_PYTHON])
        open(os.path.join(folder, "ready"), "w", encoding="utf-8").close()
    return python


# ---- what is measured -----------------------------------------------------

def documents(b, name, count):
    """A folder with one OpenVEX document of so many statements."""
    folder = b.path(name)
    os.makedirs(folder)
    with open(os.path.join(folder, "a.json"), "w", encoding="utf-8") as file:
        json.dump({
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": "https://vendor.example/" + name, "author": "Vendor",
            "timestamp": "2026-01-05T10:00:00Z", "version": 1,
            "statements": [{
                "vulnerability": {"name": "CVE-2026-%05d" % i},
                "products": [{"@id": "pkg:generic/%s@1.%d" % (name, i)}],
                "status": "fixed"} for i in range(count)]}, file)
    return folder


class Home:
    """A home with count observations, each linked on its own."""

    def __init__(self, b, name, count):
        self.b = b
        self.path = b.path(name)
        self.run("-q", "init")
        self.run("-q", "ingest", documents(b, name + "-in", count))

    def run(self, *arguments):
        return sh([self.b.vexlog, "--home", self.path, *arguments])

    def trust(self):
        return os.path.join(self.path, "trust.json")

    def bundle(self, name):
        """Of an observation in the middle, its subject's digest, the key."""
        line = self.run("--json", "find", "--limit", "10000")
        items = json.loads(line.strip().split("\n")[-1])["items"]
        text = self.run("show", "--bundle",
                        items[len(items) // 2]["observationId"])
        out = self.b.path(name)
        with open(out, "w", encoding="utf-8") as file:
            file.write(text)
        key = self.b.path(name + ".pub")
        sh(["openssl", "pkey", "-in", os.path.join(self.path, "key.pem"),
            "-pubout", "-out", key])
        root = self.b.path(name + ".root")
        with open(root, "w", encoding="utf-8") as file:
            file.write(sh([sys.executable, os.path.join(
                ROOT, "tests/interop/sigstore/trusted_root.py"),
                self.trust()]))
        return out, key, root


def subject(bundle):
    with open(bundle, encoding="utf-8") as file:
        envelope = json.load(file)["dsseEnvelope"]
    statement = json.loads(base64.b64decode(envelope["payload"]))
    return "sha256:" + statement["subject"][0]["digest"]["sha256"]


def origin_of(bundle):
    with open(bundle, encoding="utf-8") as file:
        entry = json.load(file)["verificationMaterial"]["tlogEntries"][0]
    return entry["inclusionProof"]["checkpoint"]["envelope"].split("\n")[0]


def entry_rows(b, what, bundle, trust, root):
    names = ["%s: inclusion and checkpoint" % what,
             "%s: the same, its checkpoint known" % what]
    if not any(b.wants(name) for name in names):
        return
    go, origin = "", ""
    if not b.listing:
        go, origin = sigstore_go(), origin_of(bundle)
    batches = str(b.pick(600, 20))

    def theirs():
        nanoseconds, peak = b.figure(["env", "GOGC=100", go, "bench", root,
                                      origin, bundle, batches])
        return nanoseconds / 1000, peak

    for name, mode, goal in zip(names, ["entry", "cached"],
                                ["ratio <= 1", "ratio <= 0.1"]):
        b.row(name, "us", lambda mode=mode: b.figure(
            [b.c("entry"), mode, bundle, trust]), theirs, "sigstore-go",
            goal=goal, better="lower", note="" if mode == "entry" else
            "what is left is reading the note, hashing the path and the words "
            "of the report; sigstore-go keeps no checkpoint and verifies it "
            "each time")


# ---- rows -----------------------------------------------------------------

def entries(b):
    home = Home(b, "entries", b.pick(2000, 50))
    home.run("link", "--batch", "1")
    bundle, key, root = home.bundle("v2.json")
    entry_rows(b, "v2 entry (Ed25519)", bundle, home.trust(), root)
    data = os.path.join(ROOT, "tests/data")
    good = os.path.join(data, "tlog/trust/public-good.json")
    entry_rows(b, "v1 entry (P-256)", os.path.join(
        data, "bundles/conformance/happy-path-v0.2/bundle.sigstore.json"),
        good, good)
    return bundle, key, root, home.trust()


def peers(b):
    """The programs of sigstore-go and sigstore-python; a list needs none."""
    return ("", "") if b.listing else (sigstore_go(), sigstore_python())


def public_row(b):
    """One and the same bundle, asked the same, by three programs."""
    name = "verify-bundle of a public bundle, a process"
    if not b.wants(name):
        return
    go, python = peers(b)
    folder = os.path.join(ROOT, "tests/data/bundles/conformance")
    bundle = os.path.join(folder, "happy-path-v0.2/bundle.sigstore.json")
    about = os.path.join(folder, "a.txt")
    root = os.path.join(ROOT, "tests/data/tlog/trust/public-good.json")

    b.row(name, "ms", lambda: ms(
        b, [b.vexlog, "verify-bundle", "--bundle", bundle, "--trusted-root",
            root, "--certificate-identity", IDENTITY,
            "--certificate-oidc-issuer", ISSUER, about]),
        {"sigstore-go": lambda: ms(
            b, [go, "signer", root, IDENTITY, ISSUER, about, bundle]),
         "sigstore-python": lambda: ms(
             b, [python, "-m", "sigstore", "verify", "identity", "--offline",
                 "--bundle", bundle, "--cert-identity", IDENTITY,
                 "--cert-oidc-issuer", ISSUER, about])},
        better="lower", runs=b.pick(15, 3),
        note="signer, certificate chain, SCT, promise, inclusion and "
             "checkpoint; 40 % of it is the loader and the kernel, which "
             "start it, 46 % libcrypto, 2 % the program's own code")


def ms(b, command):
    seconds, peak = b.seconds(command)
    return seconds * 1000, peak


def processes(b, bundle, key, root, trust):
    name = "verify-bundle, a process"
    if not b.wants(name):
        return
    go, python = peers(b)
    check = os.path.join(ROOT, "tests/interop/sigstore/check_bundle.py")

    b.row(name, "ms", lambda: ms(
        b, [b.vexlog, "verify-bundle", "--bundle", bundle, "--key", key,
            "--trusted-root", trust, subject(bundle)]),
        {"sigstore-go": lambda: ms(
            b, [go, "entry", root, origin_of(bundle), bundle]),
         "sigstore-python": lambda: ms(
             b, [python, check, root, key, bundle])},
        goal="<= 10 and peak <= 10", better="lower", runs=b.pick(15, 3),
        note="sigstore-go verifies the entry alone: it takes the origin of "
             "whole bundles from a host name, and a local log has none")


def local_log(b):
    count = [0]

    def append(batch):
        count[0] += 1
        return b.figure([b.c("served"), "append",
                         b.path("append%d" % count[0]),
                         str(b.pick(65536, 2048)), batch])

    for batch in ("256", "4096"):
        b.row("local log, batches of %s on the disk" % batch, "entries/s",
              lambda batch=batch: append(batch), goal=">= 40000",
              note="each batch is two files of 256 entries and a checkpoint, "
              "and these and their folders are synced: eight fsyncs, whose "
              "time on this disk is the limit and differs from run to run")
    name = "local log served, 256 submitters that wait"
    if not b.wants(name) or b.listing:
        return b.row(name, "entries/s", lambda: 0, goal=">= 2000")
    home = b.path("served")
    sh([b.vexlog, "--home", home, "-q", "init"])
    server = subprocess.Popen(
        [b.vexlog, "--home", home, "log", "serve", "--listen",
         "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
    url = server.stderr.readline().split()[-1]
    b.row(name, "entries/s", lambda: b.figure(
        [b.c("served"), "post", url, str(b.pick(10000, 500)), "256"]),
        goal=">= 2000", note="the senders share the processors; the server "
        "takes 0.16 ms of one an entry, 0.07 of it the signature")
    server.terminate()
    server.wait()


def drain(b):
    name = "queue into rekor-tiles, one entry each, 64 at once"
    if not b.wants(name) or b.listing:
        return b.row(name, "entries/s", lambda: 0, goal="ratio <= 1.1",
                     peer=lambda: 0, peer_name="floor: the log itself")
    scripts = os.path.join(ROOT, "tools/rekor")
    sh([os.path.join(scripts, "build.sh"), "v2"])
    folder = b.path("rekor")
    said = sh([os.path.join(scripts, "start-v2.sh"), folder, str(PORT)])
    url = said.split("url=")[1].split()[0]
    origin = said.split("origin='")[1].split("'")[0]
    count, turn = b.pick(640, 128), [0]

    def ours():
        turn[0] += 1
        home = Home(b, "drain%d" % turn[0], count)
        home.run("trust", "add", "--origin", origin, "--key",
                 os.path.join(folder, "pub.pem"), "--url", url,
                 "--not-before", "2020-01-01T00:00:00Z")
        seconds, peak = b.seconds(
            [b.vexlog, "--home", home.path, "link", "--log", "rekor2+" + url,
             "--batch", "1", "--workers", "64"])
        # the trust file is an entry of its own
        return (count + 1) / seconds, peak

    try:
        b.row(name, "entries/s", ours, lambda: b.figure(
            [b.c("served"), "post", url, str(count + 1), "64"]),
            "floor: the log itself", goal="ratio <= 1.1", runs=b.pick(3, 2),
            note="the log, its database and vexlog share two processors: 1.07 "
            "where these do nothing else")
    finally:
        sh([os.path.join(scripts, "stop.sh"), folder])


def rows(b):
    ours = ["v2 entry", "v1 entry", "verify-bundle"]
    if b.listing:
        entry_rows(b, "v2 entry (Ed25519)", "", "", "")
        entry_rows(b, "v1 entry (P-256)", "", "", "")
        processes(b, "", "", "", "")
    elif any(b.wants(name) for name in ours):
        processes(b, *entries(b))
    public_row(b)
    local_log(b)
    drain(b)
