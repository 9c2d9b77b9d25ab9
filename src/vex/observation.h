/*
 * observation.h - ids of observations and their claims (domain: observationId
 * and contentDigest).
 */
#ifndef VEXLOG_VEX_OBSERVATION_H
#define VEXLOG_VEX_OBSERVATION_H

#include "base/hash.h"

#define OBSERVATION_ID_TEXT 80 /* "vex:obs:sha256:" + 64 + NUL */

/* From document_digest, format, pointer, product, provider, vulnerability.
 * scratch is used and given back. */
int observation_id(char out[OBSERVATION_ID_TEXT],
    const struct vexlog_observation *o, struct vexlog_arena *scratch,
    struct vexlog_err *err);
/* From id and claim. */
int observation_content(char out[DIGEST_TEXT],
    const struct vexlog_observation *o, struct vexlog_arena *scratch,
    struct vexlog_err *err);
/* Sets id and content_digest of o, in the arena. */
int observation_seal(struct vexlog_observation *o, struct vexlog_arena *arena,
    struct vexlog_err *err);
/* BAD_PROOF when id or content digest do not follow from the rest. */
int observation_check(const struct vexlog_observation *o,
    struct vexlog_arena *scratch, struct vexlog_err *err);
bool observation_is_id(const char *text);
bool status_read(enum vexlog_status *out, const char *text);

#endif
