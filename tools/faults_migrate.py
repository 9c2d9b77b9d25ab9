"""faults_migrate.py - rows of faults.py: documents go in while another process
migrates again and again.

The ingest has opened the store before; on PostgreSQL the migrations are made
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


def race(world, row, count_kept, store=None, before=lambda: None):
    folder, count = write_many(world)
    shutil.rmtree(world.home, ignore_errors=True)
    world.must("init", store=store)
    env = dict(os.environ, VEXLOG_HOME=world.home)
    env.pop("VEXLOG_STORE", None)
    if store:
        env["VEXLOG_STORE"] = store
    reader = subprocess.Popen(
        [world.vexlog, "--json", "ingest", "--provider", "vendor:c", folder],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while reader.poll() is None:
        for args in (["migrate"], ["init"], ["migrate", "status"]):
            before()
            done = world.run(*args, store=store)
            row.times += 1
            if done.returncode != 0 and args[-1] != "status":
                row.bad.append("%s: %s" % (args, done.stderr.decode()[:200]))
    out, err = reader.communicate()
    said = json.loads(out)["documents"]
    row.lost += count - count_kept()
    if said["stored"] != count or reader.returncode != 0:
        row.bad.append("ingest: exit %d, %s: %s" % (
            reader.returncode, said, err.decode()[-200:]))


def on_sqlite(world, row):
    race(world, row, lambda: world.count("observations"))


def on_postgres(world, row):
    folder = faults_postgres.new_folder()
    server = faults_postgres.Server(folder, 5432)
    server.make()
    try:
        server.start()
        url = server.url
        race(world, row,
             lambda: int(faults_postgres.ask(
                 url, "select count(*) from vex.observations")),
             store=url,
             before=lambda: faults_postgres.ask(
                 url, "delete from vex.migrations"))
    finally:
        server.stop()
        shutil.rmtree(folder)


ROWS = [("ingest: another process migrates", on_sqlite),
        ("ingest on PostgreSQL: another process migrates", on_postgres)]
