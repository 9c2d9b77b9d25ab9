/*
 * timestamp.h - RFC 3161: a time stamping authority says that it saw these
 * bytes at that time.
 *
 * Certificates inside a timestamp help to find its signer and are never
 * trusted; the authority is always given.
 */
#ifndef VEXLOG_SIGN_TIMESTAMP_H
#define VEXLOG_SIGN_TIMESTAMP_H

#include "sign/x509.h"

struct timestamp;

/* A whole response (TimeStampResp), granted. errors   SYNTAX, LIMIT,
 * REFUSED (the authority's own refusal) */
int timestamp_read(
    struct timestamp **out, struct vexlog_bytes der, struct vexlog_err *err);
void timestamp_close(struct timestamp *timestamp);

/* What it says, not yet verified; in microseconds. */
int64_t timestamp_time(const struct timestamp *timestamp);
/* Its imprint is the hash of the message. errors   BAD_PROOF, REFUSED (a hash
 * that is none of SHA-2) */
int timestamp_covers(const struct timestamp *timestamp,
    struct vexlog_bytes message, struct vexlog_err *err);
/*
 * Signed by this authority, all of whose certificates were valid at its time.
 * Where the authority's first certificate is no authority itself, it must be
 * the signer.
 *
 * errors   NOT_FOUND (signed by somebody else), BAD_PROOF
 */
int timestamp_verify(const struct timestamp *timestamp,
    const struct x509_chain *authority, struct vexlog_err *err);

#endif
