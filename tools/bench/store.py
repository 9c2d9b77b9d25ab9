"""store.py - rows of the PostgreSQL store: what goes in, the queue, and the
migrations on tables that are large."""
import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from core import FORMATS  # noqa: E402

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
OBSERVATIONS = os.path.join(ROOT, "tests/store/observations.sql")
FILES = [os.path.join(ROOT, "devops/database/migrations", name) for name in (
    "V20260101__vexlog_base.sql", "V20260117__vex_rekor_linkage.sql")]
COLUMNS = ("tenant, bucket, observation_id, content_digest, document_digest, "
           "format, pointer, provider_id, vulnerability_id, aliases, "
           "product_key, product_text, status, source_status, said_at, "
           "said_at_from, mapping_version, created_at")
# Real rows carry 2.4 KB of proof; these have the linkage and a short one, or
# five million of them would take 24 GB.
LINKED = """INSERT INTO vex.observations (%s, rekor_uuid, rekor_log_index,
    rekor_log_id, rekor_log_url, rekor_tree_root, rekor_tree_size,
    rekor_inclusion_proof, rekor_entry_body_hash, rekor_entry_kind,
    rekor_linked_at)
SELECT 'linked', %s, repeat('a', 64), bucket, repeat('b', 64),
    'rekor2+https://log.example', repeat('c', 64), 256,
    '{"batch": null, "log": {"hashes": []}}', 'sha256:' || repeat('d', 64),
    'hashedrekord', created_at
FROM vex.observations WHERE tenant = '%s' LIMIT %d"""


class Database:
    """A new database with both migrations, in the run's cluster."""

    def __init__(self, b, migrations=FILES):
        self.cluster = b.postgres()
        self.url = self.cluster.database()
        self.name = re.match(r"postgresql:///(\w+)", self.url).group(1)
        self.env = {**os.environ, **self.cluster.env}
        for path in migrations:
            self.psql("-1", "-f", path)

    def psql(self, *arguments, text=None):
        return subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
             "-d", self.name, *arguments], input=text, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True,
            text=True).stdout.strip()

    def fill(self, rows, tenant="default", per_moment=1000):
        self.psql("-v", "rows=%d" % rows, "-v", "tenant=" + tenant,
                  "-v", "per_moment=%d" % per_moment, "-f", OBSERVATIONS)

    def drop(self):
        self.cluster.psql("DROP DATABASE %s" % self.name)


def timed(work):
    start = time.monotonic()
    work()
    return time.monotonic() - start


# ---- what goes in -----------------------------------------------------------

def copied(b, source):
    """What copies the rows of source into a database of their own."""
    copy = b.path("copy-%s.bin" % source.name)
    rows = int(source.psql("-c", "SELECT count(*) FROM vex.observations"))
    source.psql("-c", "\\copy (SELECT %s FROM vex.observations) TO '%s' "
                "WITH (FORMAT binary)" % (COLUMNS, copy))
    source.drop()

    def bare():
        target = Database(b)
        took = timed(lambda: target.psql(
            "-c", "\\copy vex.observations (%s) FROM '%s' WITH "
            "(FORMAT binary)" % (COLUMNS, copy)))
        target.drop()
        return rows / took
    return bare


FLOOR = "floor: COPY of the same rows, same indexes"


def ingest_rows(b):
    rows = b.pick(200000, 5000)
    name = "PostgreSQL: ingest of %d claims" % rows
    if b.wants(name):
        source = Database(b)
        source.fill(rows)

        def ours():
            target = Database(b)
            answer = b.figure([b.c("store"), "ingest", target.url, str(rows)])
            target.drop()
            return answer
        b.row(name, "rows/s", ours, copied(b, source), FLOOR,
              goal="ratio <= 1.43", note="70 % of a bare COPY")


def format_rows(b):
    """The program itself, from a document to the rows."""
    count = b.pick(50000, 2000)
    for name, make in FORMATS.items():
        row = "ingest %s to PostgreSQL, %d claims" % (name, count)
        if not b.wants(row):
            continue
        path = make(b.path("in.json"), count)

        def into(target, path=path):
            command = [b.vexlog, "-q", "--home", b.path("home-" + target.name),
                       "--store", target.url]
            b.seconds(command + ["init"])
            return b.seconds(command + ["ingest", "--provider", "vendor:b",
                                        path])

        def ours(into=into):
            target = Database(b)
            seconds, peak = into(target)
            target.drop()
            return count / seconds, peak
        source = Database(b)
        into(source)
        b.row(row, "rows/s", ours, copied(b, source), FLOOR,
              note="one core reads, hashes and checks, then waits for the "
              "server, which the floor keeps busy alone")


# ---- the queue -----------------------------------------------------------------

def drain(b, workers, batch, rows):
    def work():
        database = Database(b)
        database.fill(rows)
        database.psql("-c", "VACUUM ANALYZE vex.observations")
        answer = b.figure([b.c("store"), "drain", database.url,
                           str(workers), str(batch)])
        database.drop()
        return answer
    return work


def link(b, rows, processes):
    """The program itself, with keys, signatures and a local log."""
    def work():
        database = Database(b)
        home = b.path("home-" + database.name)
        command = [b.vexlog, "-q", "--home", home, "--store", database.url]
        subprocess.run(command + ["init"], check=True,
                       stdout=subprocess.DEVNULL)
        database.fill(rows)
        database.psql("-c", "VACUUM ANALYZE vex.observations")
        start = time.monotonic()
        running = [subprocess.Popen(command + ["link"],
                                    stdout=subprocess.DEVNULL)
                   for _ in range(processes)]
        codes = [child.wait() for child in running]
        took = time.monotonic() - start
        left = database.psql("-c", "SELECT count(*) FROM vex.observations "
                             "WHERE rekor_uuid IS NULL")
        if any(codes) or left != "0":
            raise RuntimeError("exit %s, %s rows left" % (codes, left))
        database.drop()
        return rows / took
    return work


def queue_rows(b):
    rows = b.pick(1000000, 5000)
    for processes in (1, 2):
        b.row("PostgreSQL: claim and link %d, %d process%s" % (
            rows, processes, "es"[:2 * (processes - 1)]), "rows/s",
            link(b, rows, processes), goal=">= 20000", runs=b.pick(3, 1),
            note="vexlog link, batches of 256, a local log beside; a row "
            "changes six indexes and keeps 1.5 KB of proof, 40 to 90 us of "
            "the server's time")
    few = b.pick(20000, 500)
    one = drain(b, 1, 1, few)
    for workers in (2, 4, 8):
        b.row("PostgreSQL: one by one, %d workers" % workers, "rows/s",
              drain(b, workers, 1, few), one, "one worker",
              goal="ratio <= 1", note="a claim and a commit a row; no collapse "
              "as workers are added")


# ---- tables that are large --------------------------------------------------------

def page(b, database, tenant):
    return lambda: b.seconds([b.vexlog, "-q", "--home", b.path("none"),
                              "--store", database.url, "--tenant", tenant,
                              "--json", "pending", "--limit", "1000"])


def blocked(b, rows):
    """The longest that a writer waited while `migrate --online` ran."""
    database = Database(b, FILES[:1])
    database.fill(rows)
    done = threading.Event()
    waits = []

    def write():
        number = 0
        while not done.is_set():
            number += 1
            waits.append(timed(lambda n=number: database.psql(
                "-c", "INSERT INTO vexhub.statement (tenant, id, vuln_id, "
                "product_key, status) VALUES ('w', '%d', 'v', 'p', 'fixed')"
                "; UPDATE vex.documents SET source = source WHERE false; "
                "INSERT INTO vex.observations SELECT * FROM "
                "jsonb_populate_record(NULL::vex.observations, (SELECT "
                "to_jsonb(o) || '{\"tenant\": \"w%d\"}' FROM "
                "vex.observations o LIMIT 1))" % (n, n))))
    writer = threading.Thread(target=write)
    writer.start()
    try:
        subprocess.run([b.vexlog, "-q", "--home", b.path("none"), "--store",
                        database.url, "migrate", "up", "--online"],
                       check=True, stdout=subprocess.DEVNULL)
    finally:
        done.set()
        writer.join()
    valid = database.psql("-c", "SELECT convalidated FROM pg_constraint WHERE "
                          "conname = 'ck_vex_observations_rekor_complete'")
    if valid != "t" or len(waits) < 2:
        raise RuntimeError("not migrated, or nobody wrote")
    database.drop()
    return max(waits)


def again(database):
    """Both migrations once more; no row may be written."""
    rows = ("-c", "SELECT count(*), sum(hashtextextended(ctid::text || "
            "xmin::text, 0)) FROM vex.observations")
    before = database.psql(*rows)
    took = timed(lambda: [database.psql("-1", "-f", path) for path in FILES])
    if database.psql(*rows) != before:
        raise RuntimeError("a row was written again")
    return took


def large_rows(b):
    sizes = b.pick([10000, 100000, 1000000, 10000000], [500, 5000])
    few = b.pick(100000, 500)
    linked = b.pick(5000000, 5000)
    names = ["PostgreSQL: a page of 1000 pending",
             "PostgreSQL: a page of 1000 pending of %d" % sizes[-1],
             "PostgreSQL: both migrations again on %d linked" % linked]
    if any(b.wants(name) for name in names) and not b.listing:
        database = Database(b)
        subprocess.run([b.vexlog, "-q", "--home", b.path("none"), "--store",
                        database.url, "migrate", "up"], check=True,
                       stdout=subprocess.DEVNULL)  # notes what is there
        for size in sizes:
            database.fill(size, "t%d" % size)
        database.psql("-c", "VACUUM ANALYZE vex.observations")
    else:
        database = None
    b.growth(names[0], "s", sizes,
             lambda size: page(b, database, "t%d" % size)(),
             goal="exponent <= 0.15")
    b.row(names[1], "s", lambda: page(b, database, "t%d" % sizes[-1])(),
          lambda: page(b, database, "t%d" % few)(),
          "the same of %d" % few, goal="ratio <= 2", better="lower")
    if database and b.wants(names[2]):
        database.psql("-c", LINKED % (
            COLUMNS, COLUMNS.partition(", ")[2], "t%d" % sizes[-1], linked))
    b.row(names[2], "s", lambda: again(database), goal="<= 1", better="lower",
          note="psql -1; rows with short proofs, looked at before and after "
          "by ctid and xmin")
    if database:
        database.drop()
    rows = b.pick(1000000, 5000)
    b.row("PostgreSQL: migrate --online of %d rows, a writer's longest wait"
          % rows, "s", lambda: blocked(b, rows), goal="<= 1", better="lower",
          runs=b.pick(3, 1), note="each write is a psql of its own, 20 ms of "
          "it to start")


def rows(b):
    ingest_rows(b)
    format_rows(b)
    queue_rows(b)
    large_rows(b)
