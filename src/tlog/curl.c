/*
 * curl.c - load libcurl; see curl.h.
 */
#include "tlog/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

struct curl_functions curl_functions;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char why[200]; /* it could not be loaded; "" when it was */

static void
load(void)
{
	static const char *const names[] = {
#define X(name) "curl_" #name,
	    CURL_FUNCTIONS(X)
#undef X
	};
	struct curl_functions f;
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
	memcpy(&curl_functions, all, sizeof(f));
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

int
curl_open(struct vexlog_err *err)
{
	if (pthread_once(&once, load) == 0 && why[0] == '\0')
		return 0;
	err_set(err, VEXLOG_IO, "libcurl can't be loaded: %s", why);
	err_hint(err, "install libcurl, on Debian \"apt install libcurl4\"");
	return VEXLOG_IO;
}
