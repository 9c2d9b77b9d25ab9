/*
 * log_request.h - what is posted to a Rekor v2 log: a signature over a
 * digest, and the entry that it becomes.
 * Source: rekor-tiles' rekor_service.proto, proto3 JSON.
 */
#ifndef VEXLOG_SERVER_LOG_REQUEST_H
#define VEXLOG_SERVER_LOG_REQUEST_H

#include "base/buffer.h"
#include "sign/key_cache.h"

#define LOG_REQUEST_INVALID "invalid hashedrekord request"
#define LOG_REQUEST_NO_TYPE "invalid type, must be hashedrekord"

/*
 * The canonical body of the entry. Names may be in lowerCamelCase or
 * snake_case, the kind of key a name or a number, bytes in any base64. The
 * signature is verified, with the key or the key of the certificate; whose
 * that is nobody asks.
 *
 * errors   REFUSED, its message the one that Rekor answers with; NO_MEMORY
 */
int log_request_read(struct vexlog_bytes *body, struct vexlog_arena *arena,
    struct key_cache *keys, struct vexlog_bytes request,
    struct vexlog_err *err);

#endif
