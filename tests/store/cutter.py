#!/usr/bin/env python3
"""cutter.py PORT - a TCP proxy to 127.0.0.1:PORT that cuts connections.

Prints the port it listens on. At SIGUSR1 one of its connections, in turn, is
cut at the next piece that it carries: half of the piece still goes through.
At SIGTERM it prints how many it has cut and ends.
"""
import selectors
import signal
import socket
import struct
import sys


class Cutter:
    def __init__(self, port):
        self.port, self.wanted, self.cuts, self.stopped = port, 0, 0, False
        self.peers = {}
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.selector.register(self.listener, selectors.EVENT_READ)
        signal.signal(signal.SIGUSR1, self.want)
        signal.signal(signal.SIGTERM, self.stop)

    def want(self, *_):
        self.wanted = 1

    def stop(self, *_):
        self.stopped = True

    def accept(self):
        client, _ = self.listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self.port))
        except OSError:
            client.close()
            return
        for one, other in ((client, server), (server, client)):
            self.peers[one] = other
            self.selector.register(one, selectors.EVENT_READ)

    def close(self, one):
        for end in (one, self.peers[one]):
            self.selector.unregister(end)
            del self.peers[end]
            # a reset, as of a cable that is pulled, not a goodbye
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                           struct.pack("ii", 1, 0))
            end.close()

    def carry(self, one):
        try:
            data = one.recv(65536)
            if data and self.wanted:
                self.wanted = 0
                self.cuts += 1
                self.peers[one].sendall(data[:len(data) // 2])
                data = b""
            if data:
                self.peers[one].sendall(data)
            else:
                self.close(one)
        except OSError:
            self.close(one)

    def run(self):
        print(self.listener.getsockname()[1], flush=True)
        while not self.stopped:
            for key, _ in self.selector.select(0.2):
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj in self.peers:
                    self.carry(key.fileobj)
        print(self.cuts, "connections", flush=True)


Cutter(int(sys.argv[1])).run()
