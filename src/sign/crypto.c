/*
 * crypto.c - why a call of libcrypto failed.
 */
#include "sign/crypto.h"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/hash.h"

#define PROBE 1048576 /* bytes; more than libcrypto takes at once */

int
crypto_begin(struct vexlog_err *err)
{
	int rc = hash_ready(err);

	if (rc == 0)
		ERR_clear_error();
	return rc;
}

/* What libcrypto had no memory to set up it leaves away as long as the process
 * lives: then it reads no key of a kind, and says that the key is bad. */
static bool
has_kind(const char *kind)
{
	static const char *const forms[] = {
	    "input=der,structure=SubjectPublicKeyInfo",
	    "input=der,structure=PrivateKeyInfo"};
	EVP_KEYMGMT *keys = EVP_KEYMGMT_fetch(NULL, kind, NULL);
	bool good = keys != NULL;

	EVP_KEYMGMT_free(keys);
	for (size_t i = 0; good && i < sizeof(forms) / sizeof(*forms); i++) {
		OSSL_DECODER *d = OSSL_DECODER_fetch(NULL, kind, forms[i]);
		good = d != NULL;
		OSSL_DECODER_free(d);
	}
	return good;
}

bool
crypto_out_of_memory(void)
{
	void *probe = OPENSSL_malloc(PROBE);
	bool found = probe == NULL;
	unsigned long e;

	OPENSSL_free(probe);
	while ((e = ERR_get_error()) != 0)
		found = found || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	if (!found)
		found =
		    !has_kind("EC") || !has_kind("ED25519") || !has_kind("RSA");
	ERR_clear_error();
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
