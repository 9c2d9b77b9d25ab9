/*
 * crypto_memory.h - allocations of libcrypto that fail, one after the other.
 * main() begins with crypto_memory_open(), before libcrypto takes any.
 */
#ifndef VEXLOG_TESTS_CRYPTO_MEMORY_H
#define VEXLOG_TESTS_CRYPTO_MEMORY_H

#include <openssl/crypto.h>

#include "tests/tap.h"
#include "vexlog.h"

/* n: the n-th from now fails, once; 0: none does */
static long crypto_fail_in;

static bool
crypto_fails(void)
{
	return crypto_fail_in > 0 && --crypto_fail_in == 0;
}

static void *
crypto_take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return crypto_fails() ? NULL : malloc(size);
}

static void *
crypto_retake(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	if (size > 0)
		return crypto_fails() ? NULL : realloc(old, size);
	free(old);
	return NULL;
}

static void
crypto_give(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

static void
crypto_memory_open(void)
{
	if (CRYPTO_set_mem_functions(crypto_take, crypto_retake, crypto_give) !=
	    1)
		bail("libcrypto took memory already");
}

/* run gives 0 as long as memory lasts; where it ends it has to say that, or do
 * without, and never judge what it could not look at. Every step-th allocation
 * fails, each in a run of its own. */
static void
without_crypto_memory(const char *name, long step,
    int (*run)(void *context, struct vexlog_err *err), void *context)
{
	struct vexlog_err why;
	long n = 1, wrong = 0, times = 0;
	bool fired;

	if (run(context, &why) != 0)
		bail("%s: %s", name, why.message);
	for (;; n += step) {
		crypto_fail_in = n;
		int rc = run(context, &why);
		fired = crypto_fail_in == 0;
		crypto_fail_in = 0;
		if (!fired)
			break;
		times++;
		if (rc == 0 || rc == VEXLOG_NO_MEMORY)
			continue;
		printf("# %s: allocation %ld: %s: %s\n", name, n,
		    vexlog_code_name(rc), why.message);
		wrong++;
	}
	ok(times > 0 && wrong == 0,
	    "%s: %ld allocations of libcrypto fail, none is taken for an "
	    "answer",
	    name, times);
}

#endif
