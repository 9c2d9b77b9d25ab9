/*
 * sandbox.h - what this process may still do, from now until it ends.
 *
 * Landlock keeps it to the paths that are named, and takes away the network,
 * signals to others and tracing of others. A seccomp filter leaves it the
 * system calls that reading, computing and, where a rule writes, keeping take:
 * no new socket, process or program, no code that was not there before. What
 * is open stays open: a store's file, a database's connection.
 *
 * No privilege is needed, and nothing gives back what was taken.
 */
#ifndef VEXLOG_BASE_SANDBOX_H
#define VEXLOG_BASE_SANDBOX_H

#include "base/err.h"

enum sandbox_access {
	SANDBOX_READ = 1,  /* this file, or all below this folder */
	SANDBOX_WRITE = 2, /* the same; what is there, no new names */
	SANDBOX_NAMES = 4, /* make and remove files in this folder */
};

struct sandbox_rule {
	const char *path; /* one that is not there is passed over */
	unsigned int access;
};

/*
 * lacks    what this kernel has not, in words: "no Landlock"; NULL when it has
 *          all of it
 * errors   IO: the kernel has it and refused; what was asked for is not in
 *          force, and the caller should end
 * cost     some 30 system calls, 0.1 ms
 */
int sandbox_enter(const char **lacks, const struct sandbox_rule *rules,
    size_t count, struct vexlog_err *err);

#endif
