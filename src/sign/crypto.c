/*
 * crypto.c - why a call of libcrypto failed.
 */
#include "sign/crypto.h"

#include <openssl/err.h>
#include <stdlib.h>

#define PROBE 1048576 /* bytes; more than libcrypto takes at once */

bool
crypto_out_of_memory(void)
{
	void *probe = malloc(PROBE);
	bool found = probe == NULL;
	unsigned long e;

	free(probe);
	while ((e = ERR_get_error()) != 0)
		found = found || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return found;
}

bool
crypto_doubts(int rc)
{
	return rc != 0 && rc != VEXLOG_NO_MEMORY && rc != VEXLOG_LIMIT &&
	    rc != VEXLOG_MISUSE;
}

int
crypto_failed(struct vexlog_err *err, const char *what)
{
	ERR_clear_error();
	return err_set(err, VEXLOG_NO_MEMORY, "libcrypto failed to %s", what);
}
