/*
 * key_cache.c - see key_cache.h. A key is found again by all of its bytes; who
 * sends many keys only drives others out.
 */
#include "sign/key_cache.h"

#include <pthread.h>
#include <string.h>

#define SLOTS 64

struct key_cache {
	pthread_mutex_t lock;
	struct key *slots[SLOTS];
};

int
key_cache_open(
    struct key_cache **out, struct vexlog_arena *arena, struct vexlog_err *err)
{
	struct key_cache *cache = arena_zero(arena, sizeof(*cache), err);

	if (cache == NULL)
		return err->code;
	if (pthread_mutex_init(&cache->lock, NULL) != 0)
		return err_memory(err);
	*out = cache;
	return 0;
}

void
key_cache_close(struct key_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		key_close(cache->slots[i]);
	(void)pthread_mutex_destroy(&cache->lock);
}

/* The end of a key is as good as chance. */
static struct key **
slot_of(struct key_cache *cache, struct vexlog_bytes der)
{
	uint32_t sum = 0;

	for (size_t i = der.size > 8 ? der.size - 8 : 0; i < der.size; i++)
		sum = sum * 31 + der.data[i];
	return &cache->slots[sum % SLOTS];
}

int
key_cache_read(struct key **out, struct key_cache *cache,
    struct vexlog_bytes der, struct vexlog_err *err)
{
	struct key **slot, *key = NULL, *old;
	int rc;

	if (cache == NULL)
		return key_read_public(out, der, err);
	slot = slot_of(cache, der);
	(void)pthread_mutex_lock(&cache->lock);
	if (*slot != NULL && key_spki(*slot).size == der.size &&
	    memcmp(key_spki(*slot).data, der.data, der.size) == 0)
		key = key_share(*slot);
	(void)pthread_mutex_unlock(&cache->lock);
	if (key == NULL) {
		if ((rc = key_read_public(&key, der, err)) != 0)
			return rc;
		(void)pthread_mutex_lock(&cache->lock);
		old = *slot;
		*slot = key_share(key);
		(void)pthread_mutex_unlock(&cache->lock);
		key_close(old);
	}
	*out = key;
	return 0;
}
