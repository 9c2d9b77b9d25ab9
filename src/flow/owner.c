/*
 * owner.c - the name of a worker, and whether the one behind a name is gone.
 */
#include "flow/owner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* Field 22 of /proc/<pid>/stat: when it started; a pid alone is used again.
 * 0 when there is no such process, or a dead one that nobody waited for. */
static uint64_t
start_time(uint64_t pid)
{
	char path[64], text[1024];
	uint64_t value = 0;
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%llu/stat",
	    (unsigned long long)pid);
	if ((f = fopen(path, "re")) == NULL)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	/* the name in field 2 may hold spaces; it ends at the last ')' */
	const char *p = strrchr(text, ')');
	if (p != NULL && (strncmp(p, ") Z", 3) == 0 ||
			     strncmp(p, ") X", 3) == 0))
		return 0;
	for (int field = 2; p != NULL && field < 22; field++)
		if ((p = strchr(p, ' ')) != NULL)
			p++;
	if (p != NULL)
		n = strcspn(p, " ");
	return p != NULL && text_decimal(&value, p, n, UINT64_MAX) ? value : 0;
}

void
owner_name(char *out, size_t size)
{
	char host[256] = "";
	uint64_t pid = (uint64_t)getpid();

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(out, size, "%s:%llu:%llu", host,
	    (unsigned long long)pid, (unsigned long long)start_time(pid));
}

bool
owner_gone(const char *owner, void *context)
{
	const char *own = context;
	size_t host = strcspn(own, ":") + 1;
	uint64_t pid, start;

	if (strncmp(owner, own, host) != 0)
		return false;
	size_t n = strcspn(owner + host, ":");
	if (owner[host + n] != ':' ||
	    !text_decimal(&pid, owner + host, n, INT32_MAX) ||
	    !text_decimal(&start, owner + host + n + 1,
		strlen(owner + host + n + 1), UINT64_MAX))
		return false;
	return start_time(pid) != start;
}
