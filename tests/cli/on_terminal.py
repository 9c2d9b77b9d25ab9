#!/usr/bin/env python3
"""on_terminal.py COLUMNS COMMAND... - what the command shows on a terminal."""
import fcntl
import os
import pty
import struct
import sys
import termios


def main():
    main_end, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ,
                struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
    child = os.fork()
    if child == 0:
        os.close(main_end)
        os.dup2(other, 1)
        os.execvp(sys.argv[2], sys.argv[2:])
    os.close(other)
    while True:
        try:
            piece = os.read(main_end, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not piece:
            break
        sys.stdout.buffer.write(piece.replace(b"\r\n", b"\n"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
