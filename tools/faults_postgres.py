"""faults_postgres.py - rows of faults.py: servers of PostgreSQL that die.

Each has a cluster of its own in a temporary folder, reached by a socket, and
is ended through the process id in its own folder.
"""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

CLAIMS = 200


class Server:
    """A cluster that syncs, as one that matters does."""

    def __init__(self, folder, port):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not found:
            raise SystemExit("Bail out! no PostgreSQL server: "
                             "apt-get install postgresql")
        self.bin, self.folder, self.port = found[-1], folder, port
        self.data = os.path.join(folder, "data%d" % port)
        self.url = ("postgresql:///postgres?host=%s&port=%d&user=postgres"
                    % (folder, port))

    def as_owner(self, *args, **more):
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return subprocess.run(
            [*who, *args], check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)

    def make(self):
        self.as_owner(self.bin + "/initdb", "-N", "-D", self.data, "-U",
                      "postgres", "--auth=trust", "--locale=C.UTF-8")

    def start(self, more=""):
        self.as_owner(
            self.bin + "/pg_ctl", "-s", "-D", self.data, "-w", "-t", "60",
            "-l", self.data + ".log", "-o",
            "-c unix_socket_directories=%s -c listen_addresses= -c port=%d "
            "-c shared_buffers=64MB %s" % (self.folder, self.port, more),
            "start")

    def copy_of(self, other):
        self.as_owner(self.bin + "/pg_basebackup", "-h", other.folder, "-p",
                      str(other.port), "-U", "postgres", "-D", self.data, "-R")

    def kill(self):
        """kill -9, as the kernel does when memory ends."""
        with open(os.path.join(self.data, "postmaster.pid"),
                  encoding="ascii") as f:
            pid = int(f.readline())
        os.kill(pid, signal.SIGKILL)

    def start_again(self):
        """Once the killed one's children are gone."""
        for turn in range(50):
            try:
                self.start()
                return
            except subprocess.CalledProcessError:
                if turn == 49:
                    raise
                time.sleep(0.2)

    def promote(self):
        self.as_owner(self.bin + "/pg_ctl", "-s", "-D", self.data, "-w",
                      "promote")

    def stop(self):
        try:
            self.as_owner(self.bin + "/pg_ctl", "-s", "-D", self.data, "-m",
                          "immediate", "-w", "stop")
        except subprocess.CalledProcessError:
            pass  # it is dead already


def ask(url, sql):
    done = subprocess.run(["psql", "-XAtq", url, "-c", sql], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


def envelopes(url):
    return int(ask(url, "select count(distinct envelope_digest) "
                   "from attestor.rekor_entries"))


def new_folder():
    folder = tempfile.mkdtemp(prefix="vexlog-pg-", dir="/tmp")
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    return folder


def fill(world, url):
    """A fresh home whose store is this server, with claims to be linked."""
    shutil.rmtree(world.home, ignore_errors=True)
    folder = world.path("claims")
    os.makedirs(folder, exist_ok=True)
    for i in range(CLAIMS):
        with open(os.path.join(folder, "%d.json" % i), "w",
                  encoding="utf-8") as f:
            f.write(world.document(1000 + i))
    world.must("init", store=url)
    world.must("ingest", "--provider", "vendor:a", folder, store=url)


def start_link(world, url):
    env = dict(os.environ, VEXLOG_HOME=world.home, VEXLOG_STORE=url)
    return subprocess.Popen(
        [world.vexlog, "-q", "link", "--batch", "2"], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def linked_some(url, more):
    """Waits until this many claims have their entry; how many have."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        have = int(ask(url, "select count(*) from vex.observations "
                       "where rekor_uuid is not null"))
        if have >= more:
            return have
    raise SystemExit("Bail out! link does not get on")


def note(row, world, done, running, acknowledged, url, what):
    """What the server had before it died is there, and all is linked once."""
    error = done.stderr.read().decode()
    if done.wait() not in (0, 5, 6, -signal.SIGKILL):
        row.bad.append("%s: exit %d: %s" % (what, done.returncode, error[:200]))
    have = int(ask(url, "select count(*) from vex.observations "
                   "where rekor_uuid is not null"))
    lost, doubled = world.settle(CLAIMS, store=url)
    # a link that was done before its server died was not broken
    row.add(lost + max(acknowledged - have, 0), doubled, what, running)


def killed(world, row):
    folder = new_folder()
    server = Server(folder, 5432)
    server.make()
    try:
        server.start()
        for turn in range(2 if world.quick else 12):
            ask(server.url, "drop schema if exists vex, vexhub, attestor "
                "cascade")
            fill(world, server.url)
            link = start_link(world, server.url)
            have = linked_some(server.url, 2 + 14 * turn)
            server.kill()
            running = link.poll() is None
            server.start_again()
            note(row, world, link, running, have, server.url,
                 "turn %d" % turn)
    finally:
        server.stop()
        shutil.rmtree(folder)


def promoted(world, row):
    for turn in range(1 if world.quick else 4):
        folder = new_folder()
        first, second = Server(folder, 5432), Server(folder, 5433)
        try:
            first.make()
            first.start()
            second.copy_of(first)
            second.start()
            # a commit counts only when the replica has it
            ask(first.url, "alter system set synchronous_standby_names = '*'")
            ask(first.url, "select pg_reload_conf()")
            fill(world, first.url)
            link = start_link(world, first.url)
            have = linked_some(first.url, 2 + 40 * turn)
            first.kill()
            running = link.poll() is None
            second.promote()
            link.kill()  # its server never comes back
            note(row, world, link, running, have, second.url,
                 "turn %d" % turn)
        finally:
            second.stop()
            first.stop()
            shutil.rmtree(folder)


ROWS = [
    ("link on PostgreSQL: kill -9 of the server, restart", killed),
    ("link on PostgreSQL: a synchronous replica is promoted", promoted),
]
