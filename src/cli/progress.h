/*
 * progress.h - a line on standard error that tells how far work is: only on
 * a terminal, only once it took over a second, gone when it ends.
 */
#ifndef VEXLOG_CLI_PROGRESS_H
#define VEXLOG_CLI_PROGRESS_H

#include "cli/term.h"

struct progress {
	struct term term;
	const char *what; /* "documents read" */
	int64_t started, shown;
	bool drawn, off;
};

void progress_open(struct progress *progress, const char *what, bool off);
/* total 0: not known */
void progress_tell(struct progress *progress, size_t done, size_t total);
void progress_close(struct progress *progress);

#endif
