/*
 * sandbox.h - what this process may still do, from now until it ends.
 *
 * Landlock keeps it to the paths that are named, to be read, and takes away
 * the network, signals to others and tracing of others. A seccomp filter leaves
 * it the system calls that reading and computing take: nothing opened to be
 * written, no new socket, process or program, no code that was not there
 * before. What is open stays open: a store's files, a database's connection,
 * what the caller left open.
 *
 * No privilege is needed, and nothing gives back what was taken.
 */
#ifndef VEXLOG_BASE_SANDBOX_H
#define VEXLOG_BASE_SANDBOX_H

#include "base/err.h"

/*
 * lacks    what this kernel has not, in words: "no Landlock"; NULL when it has
 *          all of it
 * paths    files, and folders with all below; one that is not there is passed
 *          over
 * keeps    open files may be written at a place, cut and synced, as a store's,
 *          and an open connection talked to
 * errors   IO: the kernel has it and refused; what was asked for is not in
 *          force, and the caller should end
 * cost     some 30 system calls, 0.1 ms
 */
int sandbox_enter(const char **lacks, const char *const *paths, size_t count,
    bool keeps, struct vexlog_err *err);

#endif
