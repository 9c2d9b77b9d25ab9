/*
 * pq.c - finds the functions of libpq. See pq.h.
 */
#include "store/pq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#ifdef __APPLE__
#define LIBRARY "libpq.5.dylib"
#else
#define LIBRARY "libpq.so.5"
#endif

struct pq_functions pq_functions;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char why[256];

static void
load(void)
{
	static const char *const names[] = {
#define X(name) "PQ" #name,
	    PQ_FUNCTIONS(X)
#undef X
	};
	struct pq_functions f;
	void *all[sizeof(names) / sizeof(*names)];
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const char *reason = NULL;

	/* a pointer to a function and one to data are alike where there is
	 * dlsym (POSIX) */
	_Static_assert(sizeof(f) == sizeof(all), "one pointer a name");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		all[i] = library == NULL ? NULL : dlsym(library, names[i]);
		if (all[i] == NULL) {
			reason = dlerror();
			(void)strncpy(why, reason == NULL ? names[i] : reason,
			    sizeof(why) - 1);
			return;
		}
	}
	memcpy(&pq_functions, all, sizeof(f));
}

int
pq_open(struct vexlog_err *err)
{
	if (pthread_once(&once, load) == 0 && why[0] == '\0')
		return 0;
	err_set(err, VEXLOG_IO, "libpq can't be loaded: %s", why);
	return err_hint(err,
	    "install libpq 14 or newer, on Debian "
	    "\"apt install libpq5\"");
}
