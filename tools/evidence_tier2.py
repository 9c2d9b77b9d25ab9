#!/usr/bin/env python3
"""evidence_tier2.py PROGRAM OUT.json - the feature as a user meets it, on a
fresh PostgreSQL cluster; run by evidence.py inside tests/pg.sh.

Each step says what was done, what was expected and what really came. A step
that raises is a failed step, and the next ones still run.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MIGRATIONS = os.path.join(ROOT, "devops", "database", "migrations")
FILES = [os.path.join(MIGRATIONS, name) for name in (
    "V20260101__vexlog_base.sql", "V20260117__vex_rekor_linkage.sql")]
PRODUCT = "pkg:npm/example@1.0.0"

COLUMNS = {
    "vex.observations": {
        "rekor_uuid": "text", "rekor_log_index": "bigint",
        "rekor_log_id": "text", "rekor_log_url": "text",
        "rekor_integrated_time": "timestamp with time zone",
        "rekor_tree_root": "text", "rekor_tree_size": "bigint",
        "rekor_inclusion_proof": "jsonb", "rekor_entry_body_hash": "text",
        "rekor_entry_kind": "text",
        "rekor_linked_at": "timestamp with time zone"},
    "vexhub.statement": {
        "rekor_uuid": "text", "rekor_log_index": "bigint",
        "rekor_log_id": "text",
        "rekor_integrated_time": "timestamp with time zone",
        "rekor_linked_at": "timestamp with time zone"},
    "attestor.rekor_entries": {
        "last_verified_at": "timestamp with time zone",
        "verification_count": "integer", "last_verification_result": "text",
        "last_verification_error": "text"},
    "attestor.rekor_root_checkpoints": {
        "log_id": "text", "tree_size": "bigint", "tree_root": "text",
        "origin": "text", "checkpoint_note": "text",
        "captured_at": "timestamp with time zone",
        "verified_at": "timestamp with time zone",
        "is_consistent": "boolean", "inconsistency_reason": "text"},
}
INDEXES = [
    "attestor.idx_attestor_rekor_entries_due",
    "vex.idx_vex_observations_pending_rekor",
    "vex.idx_vex_observations_rekor_log_index",
    "vex.idx_vex_observations_rekor_uuid",
    "vexhub.idx_vexhub_statement_pending_rekor",
    "vexhub.idx_vexhub_statement_rekor_uuid",
]


def document(version, statements):
    return json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/1", "author": "Example",
        "timestamp": "2026-01-1%dT00:00:00Z" % version, "version": version,
        "statements": [{"vulnerability": {"name": name},
                        "products": [{"@id": PRODUCT}], **rest}
                       for name, rest in statements]})


class Run:
    """The steps of one run, in one temporary folder and one database."""

    def __init__(self, program, folder):
        self.program, self.folder, self.steps = program, folder, []
        self.database, self.part = "vexlog_evidence", ""
        self.url = "postgresql:///%s?host=%s&port=%s&user=%s" % (
            self.database, os.environ["PGHOST"], os.environ["PGPORT"],
            os.environ["PGUSER"])

    def step(self, name, action, expected, work):
        try:
            actual = work()
        except Exception as problem:  # whatever it was, the step failed
            actual = "%s: %s" % (type(problem).__name__, problem)
        good = actual == expected
        self.steps.append({
            "name": name, "part": self.part, "action": action,
            "expected": expected, "actual": actual, "result": "pass" if good else "fail"})
        print("# %s %s" % ("pass" if good else "FAIL", name), file=sys.stderr)

    def run(self, *command, **options):
        return subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=300, encoding="utf-8", **options)

    def sql(self, text):
        done = self.run("psql", "-X", "-q", "-A", "-t", "-v",
                        "ON_ERROR_STOP=1", "-d", self.database, "-c", text)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def apply(self, *arguments):
        for path in FILES:
            done = self.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1",
                            "-d", self.database, *arguments, "-f", path)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.strip())
        return "applied"

    def vexlog(self, *arguments, code=0):
        """Objects that the program printed; its exit code must be CODE."""
        done = self.run(self.program, "--json", "--home",
                        os.path.join(self.folder, "home"), "--store",
                        self.url, *arguments)
        if done.returncode != code:
            raise RuntimeError("exit %d: %s" % (
                done.returncode, done.stderr.strip().replace(self.url, "URL")))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ingest(self, version, statements):
        path = os.path.join(self.folder, "%d.json" % version)
        with open(path, "w", encoding="utf-8") as f:
            f.write(document(version, statements))
        return self.vexlog("ingest", path)[0]["observations"]["stored"]

    def rows(self):
        """Every byte of the observations, and whether they were rewritten."""
        return self.sql(
            "SELECT count(*) || ' rows, ' || count(rekor_uuid) || ' linked, '"
            " || md5(string_agg(o::text || ctid || xmin, '' ORDER BY tenant,"
            " observation_id)) FROM vex.observations o")


def schema(r):
    r.step("fresh database", "createdb " + r.database, 0,
           lambda: r.run("createdb", r.database).returncode)
    r.step("migrations", "psql -1 -f V20260101, V20260117", "applied",
           lambda: r.apply("-1"))
    for table, want in COLUMNS.items():
        space, name = table.split(".")
        r.step("columns of " + table, "information_schema.columns", want,
               lambda s=space, n=name, w=want: {
                   c: t for c, t in (line.split("|") for line in r.sql(
                       "SELECT column_name, data_type FROM "
                       "information_schema.columns WHERE table_schema = '%s'"
                       " AND table_name = '%s'" % (s, n)).splitlines())
                   if c in w})
    r.step("indexes", "pg_index, valid ones", INDEXES,
           lambda: r.sql(
               "SELECT n.nspname || '.' || c.relname FROM pg_index i JOIN "
               "pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON "
               "n.oid = c.relnamespace WHERE i.indisvalid AND n.nspname || "
               "'.' || c.relname IN (%s) ORDER BY 1"
               % ", ".join("'%s'" % i for i in INDEXES)).splitlines())
    r.step("completeness is checked", "pg_constraint", "t",
           lambda: r.sql("SELECT convalidated FROM pg_constraint WHERE "
                         "conname = 'ck_vex_observations_rekor_complete'"))


def linkage(r):
    first = [("CVE-2026-0001", {"status": "under_investigation"}),
             ("CVE-2026-0002", {
                 "status": "not_affected",
                 "justification": "vulnerable_code_not_present"}),
             ("CVE-2026-0003", {"status": "affected"})]
    kept = {}
    r.step("program on PostgreSQL", "vexlog init", True,
           lambda: r.vexlog("init")[0]["store"].startswith("postgresql:"))
    r.step("create", "vexlog ingest 1.json", 3, lambda: r.ingest(1, first))
    time.sleep(0.01)
    r.step("create later", "vexlog ingest 2.json", 1, lambda: r.ingest(
        2, [("CVE-2026-0004", {"status": "fixed"})]))

    def pending():
        items = r.vexlog("pending")[0]["items"]
        kept["pending"] = [i["observationId"] for i in items]
        stored = r.sql("SELECT observation_id FROM vex.observations WHERE "
                       "rekor_uuid IS NULL ORDER BY created_at, "
                       "observation_id").splitlines()
        return [len(items), kept["pending"] == stored,
                items[-1]["vulnerabilityId"]]
    r.step("pending", "vexlog pending: unlinked rows in created-at order",
           [4, True, "CVE-2026-0004"], pending)
    r.step("pending by pages", "vexlog pending --limit 3, then the cursor",
           [3, 1, None], lambda: (lambda a: (lambda b: [
               len(a["items"]), len(b["items"]), b["nextCursor"]])(
                   r.vexlog("pending", "--cursor", a["nextCursor"])[0]))(
                       r.vexlog("pending", "--limit", "3")[0]))
    r.step("decide", "vexlog decide", 4, lambda: len(r.vexlog("decide")))
    r.step("link", "vexlog link", [4, 0, 0], lambda: (lambda a: [
        a["linked"], a["failed"], a["pending"]])(r.vexlog("link")[0]))
    r.step("none is pending", "vexlog pending", [],
           lambda: r.vexlog("pending")[0]["items"])
    r.step("persisted", "SELECT from vex.observations", "4|4|4",
           lambda: r.sql("SELECT count(rekor_log_index), count(rekor_uuid), "
                         "count(rekor_linked_at) FROM vex.observations"))

    def round_trip():
        one = r.vexlog("show", kept["pending"][0])[0]["rekor"]
        row = r.sql("SELECT rekor_uuid, rekor_log_index, rekor_log_id, "
                    "rekor_tree_root, rekor_tree_size, rekor_entry_body_hash "
                    "FROM vex.observations WHERE observation_id = '%s'"
                    % kept["pending"][0])
        kept["uuid"], kept["index"] = one["uuid"], one["logIndex"]
        return row == "|".join(str(one[k]) for k in (
            "uuid", "logIndex", "logId", "treeRoot", "treeSize",
            "entryBodyHash"))
    r.step("round trip", "vexlog show ID against its row", True, round_trip)
    r.step("by entry", "vexlog find --entry UUID", [
        "affected", "fixed", "not_affected", "under_investigation"],
        lambda: sorted(i["status"] for i in r.vexlog(
            "find", "--entry", kept["uuid"])[0]["items"]))
    r.step("by log index", "vexlog find --log-index N", 4, lambda: len(
        r.vexlog("find", "--log-index", str(kept["index"]))[0]["items"]))
    r.step("missing observation", "vexlog show, an id that is not there", [],
           lambda: r.vexlog("show", "vex:obs:sha256:" + "0" * 64, code=3))
    r.step("linked once", "UPDATE of a linked row",
           "refused", lambda: refusal(r, "UPDATE vex.observations SET "
                                      "rekor_log_index = 99"))
    r.step("kept", "DELETE FROM vex.observations", "refused",
           lambda: refusal(r, "DELETE FROM vex.observations"))
    r.step("verdict and entry", "SELECT verdict id and its entry", "4",
           lambda: r.sql(
               "SELECT count(DISTINCT v.verdict_id) FROM vex.verdicts v "
               "JOIN attestor.rekor_submission_queue q ON q.tenant = v.tenant"
               " AND q.kind = 'verdict' AND q.subject = v.verdict_id JOIN "
               "attestor.rekor_entries e ON e.tenant = v.tenant AND e.uuid = "
               "q.entry_uuid AND e.log_index >= 0"))


def change(r):
    kept = {}
    time.sleep(0.05)
    kept["before"] = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(
        time.time())) + (".%06dZ" % (int(time.time() * 1e6) % 1000000))
    time.sleep(0.05)
    r.step("a status changes", "vexlog ingest 3.json", 1, lambda: r.ingest(
        3, [("CVE-2026-0001", {"status": "fixed"})]))
    r.step("it is decided again", "vexlog decide", ["CVE-2026-0001"],
           lambda: [v["vulnerabilityId"] for v in r.vexlog("decide")
                    if v["changedFrom"]])
    r.step("a new entry", "vexlog link", [1, 0], lambda: (lambda a: [
        a["linked"], a["pending"]])(r.vexlog("link")[0]))

    def delta():
        d = r.vexlog("delta", kept["before"], "now")[0]
        one = d["changes"][0]
        return [d["summary"]["statusChanged"], one["fromStatus"],
                one["toStatus"], one["fromRekor"]["logIndex"] <
                one["toRekor"]["logIndex"]]
    r.step("the delta names both entries", "vexlog delta BEFORE now",
           [1, "under_investigation", "fixed", True], delta)
    r.step("the trace names the entry of each source",
           "vexlog trace CVE-2026-0001 " + PRODUCT, [2, True],
           lambda: (lambda t: [len(t["sources"]), all(
               s["rekor"] and s["rekor"]["uuid"] for s in t["sources"])])(
                   r.vexlog("trace", "CVE-2026-0001", PRODUCT)[0]))
    r.step("all of it holds", "vexlog verify --all", [True, 0],
           lambda: (lambda a: [a["checked"] > 0 and a["checked"] == a["held"],
                               a["failed"]])(
                                   r.vexlog("verify", "--all")[-1]))


def again(r):
    before = r.rows() if r.steps else ""
    dump = schema_text(r)
    for way, arguments in (("psql", []), ("psql -1", ["-1"])):
        r.step("migrations again, " + way, "both files, " + way, "applied",
               lambda a=arguments: r.apply(*a))
        r.step("no byte of a row changed, " + way,
               "md5 of all rows with ctid and xmin", before, r.rows)
        r.step("the schema is the same, " + way, "pg_dump -s", True,
               lambda: schema_text(r) == dump)
    r.step("the program finds nothing to apply", "vexlog migrate status", [],
           lambda: r.vexlog("migrate", "status")[0]["pending"])


def refusal(r, text):
    try:
        r.sql(text)
    except RuntimeError as problem:
        return "refused" if "is refused" in str(problem) else str(problem)
    return "obeyed"


def schema_text(r):
    done = r.run("pg_dump", "-s", "-d", r.database)
    return "\n".join(line for line in done.stdout.splitlines()
                     if "restrict" not in line)


def main():
    program, out = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="vexlog-evidence-") as folder:
        r = Run(program, folder)
        for part in (schema, linkage, change, again):
            r.part = part.__name__
            try:
                part(r)
            except Exception as problem:
                r.step(part.__name__, "the whole part", "no failure",
                       lambda p=problem: str(p))
        version = r.run("psql", "-X", "-A", "-t", "-c",
                        "SHOW server_version").stdout.strip()
    passed = sum(s["result"] == "pass" for s in r.steps)
    with open(out, "w", encoding="utf-8") as f:
        json.dump({
            "type": "integration",
            "environment": {"postgresVersion": version, "freshCluster": True,
                            "databaseName": r.database},
            "steps": r.steps,
            "assertions": {"total": len(r.steps), "passed": passed,
                           "failed": len(r.steps) - passed},
            "verdict": "pass" if passed == len(r.steps) else "fail",
        }, f)


main()
