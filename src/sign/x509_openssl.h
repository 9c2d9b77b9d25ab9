/*
 * x509_openssl.h - what a certificate is made of, for the files that call
 * libcrypto.
 */
#ifndef VEXLOG_SIGN_X509_OPENSSL_H
#define VEXLOG_SIGN_X509_OPENSSL_H

#include <openssl/x509.h>

#include "sign/x509.h"

struct x509 {
	X509 *x;
	uint8_t *der; /* libcrypto's memory, as the handle itself */
	size_t der_size;
	int64_t valid_from, valid_until;
};

/* libcrypto reads a certificate whose key, signature or extensions it does not
 * know, for whatever reason: of an unknown kind, or for want of memory. No path
 * leads over it. */
bool x509_is_whole(X509 *x);
/* The trusted end of an authority as a store, for paths at that time;
 * TIME_NONE: for paths whose times the caller judges. */
X509_STORE *x509_store(const struct x509_chain *trusted, int64_t at);
/* The certificates of both, not their references; either may be NULL. */
struct stack_st_X509 *x509_stack(
    const struct x509_chain *a, const struct x509_chain *b);

#endif
