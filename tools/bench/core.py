"""core.py - rows of what everything stands on: JSON, ids, Merkle trees, the
SQLite store, and the road of a claim from file to replay."""
import json
import os
import shutil

LIMIT_SCAN = (
    "a scan decides nothing: the reader stops at each quote, comma and "
    "bracket, checks UTF-8 and doubled names, and writes 16 bytes a value")
PROVIDERS = ["vendor:one", "vendor:two"]


# ---- documents ------------------------------------------------------------

def openvex(path, count, first=0):
    """count statements, 20 of each vulnerability."""
    write(path, {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/%d" % first,
        "author": "Example", "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-2026-%04d" % (1000 + i // 20)},
            "products": [{"@id": "pkg:npm/p%d@1.0.0" % i}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_present",
            "impact_statement": "the file that holds it is not in %d" % i,
        } for i in range(first, first + count)]})
    return path


def csaf(path, count):
    """count claims: packages of a product, by relationships as vendors write
    them, 100 packages under each vulnerability."""
    packages = min(count, 100)
    name = "pkg:rpm/vendor/p%d@1.%d.0?arch=x86_64"
    write(path, {
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0",
            "publisher": {"category": "vendor", "name": "Example",
                          "namespace": "https://example.com"},
            "title": "All of it", "tracking": {
                "id": "EX-1", "status": "final", "version": "1",
                "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-01-01T00:00:00Z",
                "revision_history": [{
                    "date": "2026-01-01T00:00:00Z", "number": "1",
                    "summary": "first"}]}},
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Example",
                          "branches": [{
                              "category": "product_name", "name": "OS 9",
                              "product": {
                                  "name": "OS 9", "product_id": "OS",
                                  "product_identification_helper": {
                                      "cpe": "cpe:/o:example:os:9"}}}] + [{
                              "category": "product_version",
                              "name": "p%d" % i, "product": {
                                  "name": "p%d" % i, "product_id": "p%d" % i,
                                  "product_identification_helper": {
                                      "purl": name % (i, i)}}}
                              for i in range(packages)]}],
            "relationships": [{
                "category": "default_component_of",
                "full_product_name": {"name": "p%d of OS 9" % i,
                                      "product_id": "OS:p%d" % i},
                "product_reference": "p%d" % i,
                "relates_to_product_reference": "OS"}
                for i in range(packages)]},
        "vulnerabilities": [{
            "cve": "CVE-2026-%04d" % (1000 + v),
            "notes": [{"category": "description", "text": "A fault in it."}],
            "product_status": {"known_not_affected": [
                "OS:p%d" % i for i in range(packages)]},
            "flags": [{"label": "vulnerable_code_not_present",
                       "product_ids": ["OS:p%d" % i
                                       for i in range(packages)]}],
        } for v in range(count // packages)]})
    return path


def cyclonedx(path, count):
    """count claims, 20 components under each vulnerability."""
    write(path, {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {"timestamp": "2026-01-01T00:00:00Z"},
        "components": [{"type": "library", "bom-ref": "c%d" % i,
                        "name": "p%d" % i, "version": "1.0.0",
                        "purl": "pkg:npm/p%d@1.0.0" % i}
                       for i in range(min(count, 1000))],
        "vulnerabilities": [{
            "id": "CVE-2026-%04d" % (1000 + v),
            "analysis": {"state": "not_affected",
                         "justification": "code_not_present",
                         "detail": "the file that holds it is not in it"},
            "affects": [{"ref": "c%d" % ((20 * v + i) % min(count, 1000))}
                        for i in range(20)],
        } for v in range(count // 20)]})
    return path


FORMATS = {"OpenVEX": openvex, "CSAF": csaf, "CycloneDX": cyclonedx}


def write(path, document):
    with open(path, "w", encoding="utf-8") as f:
        json.dump(document, f, indent=1)


# ---- homes ----------------------------------------------------------------

class Home:
    """A home of its own, in which commands are run and timed."""
    count = 0

    def __init__(self, b):
        Home.count += 1
        self.b = b
        self.path = b.path("home%d" % Home.count)
        self.run("init")

    def command(self, *words):
        return [self.b.vexlog, "-q", "--home", self.path, *words]

    def run(self, *words):
        """(seconds, peak KiB) of one command that went well."""
        return self.b.seconds(self.command(*words))

    def store(self):
        return os.path.join(self.path, "store.db")

    def filled(self, count):
        for i, provider in enumerate(PROVIDERS):
            document = openvex(self.b.path("d%d.json" % i), count // 2)
            self.run("ingest", "--provider", provider, document)
        return self

    def linked(self, count):
        self.filled(count).run("link", "--batch", "10000")
        return self

    def decided(self, count):
        self.linked(count).run("decide")
        return self

    def gone(self):
        shutil.rmtree(self.path)


# ---- rows -----------------------------------------------------------------

def json_rows(b):
    for name, make in FORMATS.items():
        path = make(b.path(name + ".json"), b.pick(50000, 2000))
        peers = {"floor: memory scan": lambda p=path: b.figure(
                     [b.c("json"), "scan", p]),
                 "jansson, duplicates refused": lambda p=path: b.figure(
                     [b.peer_c("jansson", "jansson"), p]),
                 "yajl": lambda p=path: b.figure(
                     [b.peer_c("yajl", "yajl"), p])}
        if name == "OpenVEX":
            peers["go-vex, into its statements"] = lambda p=path: b.figure(
                [b.go("govex"), p])
        size = os.path.getsize(path) / 1e6
        b.row("JSON parse, %s of %.1f MB" % (name, size), "MB/s",
              lambda p=path: b.figure([b.c("json"), "parse", p]), peers,
              note=LIMIT_SCAN)
        b.row("canonical form, %s of %.1f MB" % (name, size), "MB/s",
              lambda p=path: b.figure([b.c("json"), "canon", p]),
              lambda p=path: b.figure([b.go("jcs"), p]), "gowebpki/jcs",
              note="two thirds of it is the parse; names are sorted and "
                   "every text is copied once more")


def id_rows(b):
    b.row("observationId and contentDigest", "claims/s",
          lambda: b.figure([b.c("ids"), "ids"]),
          lambda: b.figure([b.c("ids"), "floor"]),
          "floor: SHA-256 of as many bytes",
          note="half of it is SHA-256; the other half writes the canonical "
               "bytes and the two ids as text")


def merkle_rows(b):
    for height in (10, 20):
        leaves = str(1 << height)
        for proof in ("inclusion", "consistency"):
            b.row("%s proof, 2^%d leaves" % (proof, height), "us",
                  lambda p=proof, n=leaves: b.figure([b.c("merkle"), p, n]),
                  {"floor: SHA-256 of its nodes": lambda n=leaves: b.figure(
                       [b.c("merkle"), "floor", n]),
                   "transparency-dev/merkle": lambda p=proof, n=leaves:
                      b.figure([b.go("merkle"), p, n])},
                  better="lower",
                  note="SHA-256 of its nodes, 120 ns each by libcrypto: a third "
                       "of the peer is less than that")
    b.row("inclusion proof, 2^20 leaves, as promised", "us",
          lambda: b.figure([b.c("merkle"), "inclusion", str(1 << 20)]),
          goal="<= 4", better="lower")


def ingest_rows(b):
    count = b.pick(50000, 2000)
    for name, make in FORMATS.items():
        path = make(b.path("in.json"), count)
        model = Home(b)
        if not b.wants("ingest %s" % name):
            continue
        model.run("ingest", "--provider", "vendor:b", path)

        def ours(p=path):
            home = Home(b)
            seconds, peak = home.run("ingest", "--provider", "vendor:b", p)
            home.gone()
            return count / seconds, peak

        def bare(source=model.store()):
            target = b.path("bare.db")
            for end in ("", "-wal", "-shm"):
                if os.path.exists(target + end):
                    os.remove(target + end)
            return b.figure([b.peer_c("insert", "sqlite3"), source, target])
        b.row("ingest %s to SQLite, %d claims" % (name, count), "rows/s",
              ours, bare, "floor: bare insert, same table and indexes",
              note="the floor reads, hashes and checks nothing: one core "
                   "does all of it in turn")


def road_rows(b):
    count = b.pick(20000, 1000)
    names = ("trace look-up", "export", "replay")
    if not any(b.wants(n) for n in names):
        return
    home = Home(b).decided(count)
    select = b.peer_c("select", "sqlite3")
    claims = ("select * from vex_observations where tenant = 'default' and "
              "vulnerability_id = ? and product_key = ?")
    pair = ["CVE-2026-1002", "pkg:npm/p40@1.0.0"]
    b.row("trace look-up as a process, %d claims" % count, "ms",
          lambda: milliseconds(home.run("--json", "trace", *pair)),
          lambda: milliseconds(b.seconds(
              [select, home.store(), claims, *pair])),
          "floor: process that selects the claims", better="lower",
          note="loading and starting libcrypto, opening the home, preparing "
               "its statements and merging again")
    every = "select record from vex_verdicts"
    verdicts = count // 2
    out = b.path("out")
    for what in ("openvex", "bundle"):
        b.row("export %s, %d verdicts" % (what, verdicts), "verdicts/s",
              lambda w=what: rate(verdicts, home.run(
                  "export", "--format", w, "-o", fresh(out))),
              lambda: rate(verdicts, b.seconds([select, home.store(),
                                                every])),
              "floor: process that reads the verdicts",
              note="the floor takes no record apart, hashes and writes "
                   "nothing" + (
                       "; a bundle brings every document, envelope and proof"
                       if what == "bundle" else ""))
    bundle = b.path("replay")
    home.run("export", "--format", "bundle", "-o", bundle)
    b.row("replay, %d claims" % count, "claims/s",
          lambda: rate(count, b.seconds([b.vexlog, "-q", "replay", bundle])),
          lambda: rate(count, b.seconds(
              [b.vexlog, "-q", "check", b.path("d0.json"),
               b.path("d1.json")])),
          "floor: check of its documents",
          note="beside reading again it merges, hashes and verifies each")


def growth_rows(b):
    sizes = b.pick([1000, 10000, 100000], [100, 1000, 10000])
    runs = max(1, b.runs // 2)  # each takes minutes

    def ingest(n):
        home = Home(b)
        path = openvex(b.path("grow.json"), n)
        answer = home.run("ingest", "--provider", "vendor:b", path)
        home.gone()
        return answer

    def after(fill, *words):
        def call(n):
            home = fill(Home(b), n)
            answer = home.run(*words)
            home.gone()
            return answer
        return call
    b.growth("ingest by claims", "s", sizes, ingest, runs=runs)
    b.growth("link by claims", "s", sizes,
             after(Home.filled, "link", "--batch", "10000"), runs=runs)
    b.growth("decide by claims", "s", sizes, after(Home.filled, "decide"),
             runs=runs)
    b.growth("verify --all by claims", "s", sizes,
             after(Home.linked, "verify", "--all"), runs=runs)


def fresh(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)
    return path


def milliseconds(answer):
    return 1000 * answer[0], answer[1]


def rate(count, answer):
    return count / answer[0], answer[1]


def rows(b):
    json_rows(b)
    id_rows(b)
    merkle_rows(b)
    ingest_rows(b)
    road_rows(b)
    growth_rows(b)
