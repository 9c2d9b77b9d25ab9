"""faults_migrate.py - rows of faults.py: documents go in, are decided and
linked while another process migrates again and again.

The writer has opened the store before; on PostgreSQL the migrations are made
to run whole each time, so that their locks meet its writes.
"""
import json
import os
import shutil
import subprocess

import faults_postgres


def write_many(world):
    """A folder of documents, and how many."""
    count = 200 if world.quick else 10000
    folder = world.path("many")
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        with open(os.path.join(folder, "%d.json" % i), "w",
                  encoding="utf-8") as f:
            f.write(world.document(100000 + i))
    return folder, count


def beside(world, row, args, store, begun, before):
    """Runs args to their end while the schema is migrated again and again,
    from its first written row on; what it said."""
    env = dict(os.environ, VEXLOG_HOME=world.home)
    env.pop("VEXLOG_STORE", None)
    if store:
        env["VEXLOG_STORE"] = store
    # what it prints may be more than a pipe holds
    with open(world.path("said"), "w+b") as out, \
            open(world.path("told"), "w+b") as err:
        writer = subprocess.Popen([world.vexlog, "--json", *args], env=env,
                                  stdout=out, stderr=err)
        while writer.poll() is None and not begun():
            pass
        while writer.poll() is None:
            for other in (["migrate"], ["init"], ["migrate", "status"]):
                if other[-1] != "status":
                    before()
                done = world.run(*other, store=store)
                row.times += 1
                if done.returncode != 0 and other[-1] != "status":
                    row.bad.append("%s: %s" % (
                        other, done.stderr.decode()[:200]))
        out.seek(0)
        err.seek(0)
        if writer.returncode != 0:
            row.bad.append("%s: exit %d: %s" % (
                args[0], writer.returncode, err.read().decode()[-200:]))
            return None
        return out.read().decode()


def race(world, row, count_of, store=None, before=lambda: None):
    folder, count = write_many(world)
    shutil.rmtree(world.home, ignore_errors=True)
    world.must("init", store=store)
    said = beside(world, row, ["ingest", "--provider", "vendor:c", folder],
                  store, lambda: count_of("observations"), before)
    row.lost += count - count_of("observations")
    if said and json.loads(said)["documents"]["stored"] != count:
        row.bad.append("ingest: %s" % said)
    beside(world, row, ["decide", "--changed"], store,
           lambda: count_of("verdicts"), before)
    row.lost += count - count_of("verdicts")
    said = beside(world, row, ["link"], store,
                  lambda: world.entries() > 0, before)
    if said:
        said = json.loads(said)
        row.lost += count - said["linked"] + said["others"]["pending"]
        row.doubled += world.doubled(store)


def on_sqlite(world, row):
    race(world, row, world.count)


def on_postgres(world, row):
    folder = faults_postgres.new_folder()
    server = faults_postgres.Server(folder, 5432)
    server.make()
    try:
        server.start()
        url = server.url
        race(world, row,
             lambda what: int(faults_postgres.ask(
                 url, "select count(*) from vex." + what)),
             store=url,
             before=lambda: faults_postgres.ask(
                 url, "delete from vex.migrations"))
    finally:
        server.stop()
        shutil.rmtree(folder)


ROWS = [("ingest, decide, link: another process migrates", on_sqlite),
        ("ingest, decide, link on PostgreSQL: another process migrates",
         on_postgres)]
