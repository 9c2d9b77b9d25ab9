/*
 * key_cache.h - public keys that were read already, by their DER: reading one
 * costs libcrypto three times what a signature does.
 */
#ifndef VEXLOG_SIGN_KEY_CACHE_H
#define VEXLOG_SIGN_KEY_CACHE_H

#include "sign/key.h"

struct key_cache;

int key_cache_open(
    struct key_cache **out, struct vexlog_arena *arena, struct vexlog_err *err);
void key_cache_close(struct key_cache *cache);
/* As key_read_public of a DER; the caller closes the key as any other. Safe
 * from several threads. cache NULL: reads it anew. */
int key_cache_read(struct key **out, struct key_cache *cache,
    struct vexlog_bytes der, struct vexlog_err *err);

#endif
