/*
 * pem.c - the one PEM block of a text.
 *
 * With two blocks there would be a choice that nobody made, so they are
 * refused; text around the block is allowed, as openssl writes it.
 */
#include "sign/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/limits.h"
#include "sign/crypto.h"

void
pem_close(struct pem *pem)
{
	OPENSSL_free(pem->label);
	if (pem->data != NULL)
		OPENSSL_clear_free(pem->data, (size_t)pem->size);
}

/* Blocks with a header (RFC 1421 encryption) are none of ours. */
static bool
take(struct pem *out, BIO *bio)
{
	char *header = NULL;
	bool good = PEM_read_bio(
			bio, &out->label, &header, &out->data, &out->size) == 1;

	OPENSSL_free(header);
	return good;
}

/* No other block: the only end of a text that libcrypto is sure of. */
static bool
is_end(void)
{
	return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

static int
read_once(struct pem *out, struct vexlog_bytes text, struct vexlog_err *err)
{
	struct pem first = {0}, second = {0};
	BIO *bio;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	if (text.size > CONFIG_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu bytes, a PEM file has at most %zu", text.size,
		    CONFIG_SIZE_MAX);
	if (text.size == 0) /* libcrypto takes no empty buffer */
		text = (struct vexlog_bytes){(const uint8_t *)"\n", 1};
	if ((bio = BIO_new_mem_buf(text.data, (int)text.size)) == NULL)
		return err_memory(err);
	if (take(&first, bio) && take(&second, bio)) {
		rc = err_set(err, VEXLOG_SYNTAX,
		    "two PEM blocks, \"%.64s\" and \"%.64s\", where one is "
		    "expected",
		    first.label, second.label);
		err_hint(err, "keep one key in one file");
		pem_close(&second);
	} else if (first.label != NULL && is_end()) {
		*out = first;
	} else if (crypto_out_of_memory()) {
		rc = crypto_failed(err, "read PEM blocks");
	} else if (first.label == NULL) {
		rc = err_set(err, VEXLOG_SYNTAX, "there is no PEM block here");
		err_hint(err, "give a file that begins with -----BEGIN");
	} else {
		rc = err_set(err, VEXLOG_SYNTAX,
		    "a second PEM block that is damaged, where one is "
		    "expected");
		err_hint(err, "keep one key in one file");
	}
	ERR_clear_error();
	BIO_free(bio);
	if (rc != 0 && first.label != NULL)
		pem_close(&first);
	return rc;
}

int
pem_read(struct pem *out, struct vexlog_bytes text, struct vexlog_err *err)
{
	int rc = read_once(out, text, err);

	return crypto_doubts(rc) ? read_once(out, text, err) : rc;
}
