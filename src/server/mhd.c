/*
 * mhd.c - load libmicrohttpd; see mhd.h.
 */
#include "server/mhd.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#define LIBRARY "libmicrohttpd.so.12"

struct mhd_functions mhd_functions;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char why[200]; /* it could not be loaded; "" when it was */

static void
load(void)
{
	static const char *const names[] = {
#define X(name) "MHD_" #name,
	    MHD_FUNCTIONS(X)
#undef X
	};
	void *all[sizeof(names) / sizeof(*names)];
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const char *reason = NULL;

	/* as in tlog/curl.c */
	_Static_assert(
	    sizeof(mhd_functions) == sizeof(all), "one pointer a name");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		all[i] = library == NULL ? NULL : dlsym(library, names[i]);
		if (all[i] == NULL) {
			reason = dlerror();
			(void)strncpy(why, reason == NULL ? names[i] : reason,
			    sizeof(why) - 1);
			return;
		}
	}
	memcpy(&mhd_functions, all, sizeof(all));
}

int
mhd_open(struct vexlog_err *err)
{
	if (pthread_once(&once, load) == 0 && why[0] == '\0')
		return 0;
	err_set(err, VEXLOG_IO, "libmicrohttpd can't be loaded: %s", why);
	err_hint(err,
	    "install libmicrohttpd, on Debian \"apt install "
	    "libmicrohttpd12\"");
	return VEXLOG_IO;
}
