/*
 * layer.c - a file layer, memory and clock that fail on request: loaded
 * before the program (LD_PRELOAD), so that SQLite's and libcrypto's calls go
 * through it as the program's own do.
 *
 *	FAULT=io:N	the N-th step fails with ENOSPC, once
 *	FAULT=full:N	the N-th step and all after it
 *	FAULT=kill:N	the process ends before the N-th step, as by kill -9
 *	FAULT=cut:N:S	the power goes before the N-th step, or at exit if
 *			there are fewer: of what was written and not synced,
 *			S decides what is there, what is not, and what is there
 *			by half, each on its own
 *	FAULT=memory:N	the N-th allocation fails, once
 *	FAULT=clock:N:S	from the N-th look at it the clock is S seconds off
 *
 * A step is a write, sync, truncation, rename, link or removal of a file.
 * FAULT_REPORT names a file that gets "STEPS FIRED" at the end; for memory,
 * the allocations in place of the steps.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))
#define REAL(name)                                                             \
	static __typeof__(name) *real;                                         \
	if (real == NULL)                                                      \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

#ifdef SANITIZED /* theirs know each piece of memory */
#define MEMORY_OF(name) __interceptor_##name
#else
#define MEMORY_OF(name) __libc_##name
#endif
void *MEMORY_OF(malloc)(size_t size);
void *MEMORY_OF(calloc)(size_t count, size_t size);
void *MEMORY_OF(realloc)(void *old, size_t size);

static enum { NONE, IO, FULL, KILL, CUT, MEMORY, CLOCK } kind;
static long at, extra, steps, allocations, looks, fired;
static int report = -1;
static pid_t self;

__attribute__((constructor)) static void
start(void)
{
	static const char *const names[] = {
	    "none", "io", "full", "kill", "cut", "memory", "clock"};
	const char *text = getenv("FAULT"), *path = getenv("FAULT_REPORT");
	char name[16] = "";

	/* what it starts itself, as "rm", is none of ours */
	(void)unsetenv("LD_PRELOAD");
	self = getpid();
	if (path != NULL)
		report =
		    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (text == NULL ||
	    sscanf(text, "%15[a-z]:%ld:%ld", name, &at, &extra) < 2)
		return;
	for (int i = IO; i <= CLOCK; i++)
		if (strcmp(name, names[i]) == 0)
			kind = i;
}

static void
write_report(void)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%ld %ld\n",
	    kind == MEMORY ? allocations : steps, fired);

	if (report < 0 || getpid() != self)
		return;
	REAL(write);
	(void)!real(report, text, (size_t)n);
	report = -1;
}

/* ---- what is not synced yet --------------------------------------------- */

struct change {
	struct change *before;
	dev_t device;
	ino_t file; /* of a name: of the folder */
	int fd;     /* -1: a name */
	off_t offset, size_before;
	size_t size, old_size;
	char *from, *to, *kept; /* of a rename; a new name comes from none */
	char old[];
};

static struct change *changes;

static uint64_t
pick(void)
{
	static uint64_t state;

	if (state == 0)
		state = (uint64_t)extra * 2654435761u + 88172645463325252u;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 11;
}

static void
note_write(int fd, size_t size, off_t offset)
{
	struct stat st;
	struct change *c;

	if (kind != CUT || fstat(fd, &st) != 0)
		return;
	if ((c = malloc(sizeof(*c) + size)) == NULL)
		abort();
	memset(c, 0, sizeof(*c));
	c->fd = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	c->device = st.st_dev;
	c->file = st.st_ino;
	c->offset = offset;
	c->size = size;
	c->size_before = st.st_size;
	ssize_t n = pread(fd, c->old, size, offset);
	c->old_size = n > 0 ? (size_t)n : 0;
	c->before = changes;
	changes = c;
}

static void
forget(int fd)
{
	struct stat st;
	struct change **at_change = &changes, *c;

	if (kind != CUT || fstat(fd, &st) != 0)
		return;
	while ((c = *at_change) != NULL) {
		if (c->device != st.st_dev || c->file != st.st_ino) {
			at_change = &c->before;
			continue;
		}
		*at_change = c->before;
		if (c->fd >= 0)
			(void)close(c->fd);
		if (c->kept != NULL)
			(void)remove(c->kept);
		free(c);
	}
}

/* Back to what it was, but for the sectors before the tear. */
static void
undo_write(const struct change *c, size_t kept)
{
	REAL(pwrite64);
	struct stat st;

	if (c->old_size > kept)
		(void)!real(c->fd, c->old + kept, c->old_size - kept,
		    c->offset + (off_t)kept);
	/* the length is the file system's, and waits for the sync as well */
	if (fstat(c->fd, &st) == 0 && c->size_before < st.st_size &&
	    c->offset + (off_t)c->size == st.st_size) {
		off_t end = c->offset + (off_t)kept;
		(void)!syscall(SYS_ftruncate, c->fd,
		    end > c->size_before ? end : c->size_before);
	}
}

static void
cut_power(void)
{
	for (struct change *c = changes; c != NULL; c = c->before) {
		unsigned int what = (unsigned int)(pick() % 3);
		if (what == 0)
			continue;
		if (c->fd < 0) {
			REAL(rename);
			if (c->from == NULL)
				(void)remove(c->to);
			else if (real(c->to, c->from) == 0 && c->kept != NULL)
				(void)real(c->kept, c->to);
			continue;
		}
		undo_write(
		    c, what == 1 ? 0 : (size_t)(pick() % c->size) / 512 * 512);
	}
	fired = 1;
	write_report();
	_exit(137);
}

__attribute__((destructor)) static void
stop(void)
{
	if (kind == CUT)
		cut_power();
	write_report();
}

/* ---- steps -------------------------------------------------------------- */

/* True when this one has to fail; errno is set. */
static bool
step(void)
{
	bool now = ++steps == at || (kind == FULL && steps > at);

	if (!now || kind == NONE || kind == MEMORY || kind == CLOCK)
		return false;
	if (kind == CUT)
		cut_power();
	fired++;
	if (kind == KILL) {
		write_report();
		_exit(137);
	}
	errno = ENOSPC;
	return true;
}

static bool
is_file(int fd)
{
	struct stat st;

	return fd != report && fstat(fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

PUBLIC ssize_t
write(int fd, const void *data, size_t size)
{
	REAL(write);
	if (is_file(fd)) {
		if (step())
			return -1;
		note_write(fd, size, lseek(fd, 0, SEEK_CUR));
	}
	return real(fd, data, size);
}

PUBLIC ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
	REAL(pwrite64);
	if (step())
		return -1;
	note_write(fd, size, offset);
	return real(fd, data, size, offset);
}

PUBLIC int
fsync(int fd)
{
	REAL(fsync);
	if (step())
		return -1;
	forget(fd);
	return kind == CUT ? 0 : real(fd);
}

PUBLIC int
fdatasync(int fd)
{
	REAL(fdatasync);
	if (step())
		return -1;
	forget(fd);
	return kind == CUT ? 0 : real(fd);
}

PUBLIC int
ftruncate64(int fd, off64_t size)
{
	REAL(ftruncate64);
	return step() ? -1 : real(fd, size);
}

PUBLIC int
unlink(const char *path)
{
	REAL(unlink);
	return step() ? -1 : real(path);
}

/* Not in force before its folder is synced. */
static void
note_name(const char *from, const char *to)
{
	struct change *c = calloc(1, sizeof(*c));
	char folder[4096];
	struct stat st;

	if (c == NULL)
		abort();
	(void)snprintf(folder, sizeof(folder), "%s", to);
	char *slash = strrchr(folder, '/');
	if (slash != NULL)
		slash[1] = '\0';
	if (stat(slash == NULL ? "." : folder, &st) != 0)
		abort();
	c->fd = -1;
	c->device = st.st_dev;
	c->file = st.st_ino;
	c->to = strdup(to);
	REAL(link);
	if (from != NULL) {
		c->from = strdup(from);
		if (asprintf(&c->kept, "%s.kept%ld", to, steps) < 0)
			abort();
		if (real(to, c->kept) != 0)
			c->kept = NULL;
	}
	c->before = changes;
	changes = c;
}

PUBLIC int
rename(const char *from, const char *to)
{
	REAL(rename);
	if (step())
		return -1;
	if (kind == CUT)
		note_name(from, to);
	return real(from, to);
}

PUBLIC int
link(const char *from, const char *to)
{
	REAL(link);
	if (step())
		return -1;
	int rc = real(from, to);
	if (rc == 0 && kind == CUT)
		note_name(NULL, to);
	return rc;
}

/* ---- memory, time ------------------------------------------------------- */

static bool
no_memory(void)
{
	if (kind != MEMORY ||
	    __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED) != at)
		return false;
	fired++;
	errno = ENOMEM;
	return true;
}

PUBLIC void *
malloc(size_t size)
{
	return no_memory() ? NULL : MEMORY_OF(malloc)(size);
}

PUBLIC void *
calloc(size_t count, size_t size)
{
	return no_memory() ? NULL : MEMORY_OF(calloc)(count, size);
}

PUBLIC void *
realloc(void *old, size_t size)
{
	return no_memory() ? NULL : MEMORY_OF(realloc)(old, size);
}

PUBLIC int
clock_gettime(clockid_t id, struct timespec *out)
{
	REAL(clock_gettime);
	int rc = real(id, out);

	if (rc == 0 && kind == CLOCK && id == CLOCK_REALTIME && ++looks >= at) {
		out->tv_sec += extra;
		fired++;
	}
	return rc;
}
