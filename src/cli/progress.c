/*
 * progress.c - how far work is, for somebody who waits.
 */
#include "cli/progress.h"

#include <string.h>

#include "base/time.h"

#define WAIT (1 * SECOND)
#define STEP (SECOND / 10)

void
progress_open(struct progress *progress, const char *what, bool off)
{
	memset(progress, 0, sizeof(*progress));
	term_open(&progress->term, stderr);
	progress->what = what;
	progress->off = off || !progress->term.is_terminal;
	progress->started = time_now();
}

static void
bar(const struct progress *progress, size_t done, size_t total)
{
	enum { WIDTH = 24 };
	size_t full = done >= total ? WIDTH : done * WIDTH / total;

	(void)fputc('[', stderr);
	for (size_t i = 0; i < WIDTH; i++)
		(void)fputc(i < full ? '#' : ' ', stderr);
	(void)fprintf(stderr, "] %zu of %zu %s", done, total, progress->what);
}

void
progress_tell(struct progress *progress, size_t done, size_t total)
{
	int64_t now;

	if (progress->off)
		return;
	now = time_now();
	if (now - progress->started < WAIT || now - progress->shown < STEP)
		return;
	progress->shown = now;
	progress->drawn = true;
	(void)fputs("\r\033[K", stderr);
	if (total > 0) {
		bar(progress, done, total);
	} else {
		int64_t seconds = (now - progress->started) / SECOND;
		(void)fprintf(stderr, "%zu %s, %zu a second", done,
		    progress->what, done / (size_t)(seconds > 0 ? seconds : 1));
	}
	(void)fflush(stderr);
}

void
progress_close(struct progress *progress)
{
	if (progress->drawn)
		(void)fputs("\r\033[K", stderr);
	progress->drawn = false;
}
