/*
 * map.c - open addressing over SipHash-1-3 (Aumasson and Bernstein).
 */
#include "base/map.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t secret[2];

static void
draw_secret(void)
{
	/* Short of random bytes only the guard against chosen collisions is
	 * lost, no result: the order of a map is never looked at. */
	if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) < 0)
		secret[0] = (uint64_t)(uintptr_t)&secret;
}

static uint64_t
turn(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = turn(v[1], 13) ^ v[0];
	v[0] = turn(v[0], 32);
	v[2] += v[3];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static uint32_t
sip(const char *name, size_t size)
{
	uint64_t v[4] = {secret[0] ^ 0x736f6d6570736575u,
	    secret[1] ^ 0x646f72616e646f6du, secret[0] ^ 0x6c7967656e657261u,
	    secret[1] ^ 0x7465646279746573u};
	uint64_t word;
	size_t i = 0;

	for (; i + 8 <= size; i += 8) {
		memcpy(&word, name + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	word = 0;
	if (size > i)
		memcpy(&word, name + i, size - i);
	word |= (uint64_t)size << 56;
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}

void
map_open(struct map *map, struct vexlog_arena *arena)
{
	(void)pthread_once(&once, draw_secret);
	*map = (struct map){.arena = arena};
}

static struct map_slot *
find(const struct map *map, const char *name, size_t size, uint32_t hash)
{
	size_t i = hash & (map->room - 1);

	for (;; i = (i + 1) & (map->room - 1)) {
		struct map_slot *slot = &map->slots[i];
		if (slot->name == NULL ||
		    (slot->hash == hash && slot->size == size &&
			memcmp(slot->name, name, size) == 0))
			return slot;
	}
}

bool
map_get(const struct map *map, const char *name, size_t size, size_t *value)
{
	if (map->room == 0)
		return false;
	const struct map_slot *slot = find(map, name, size, sip(name, size));
	if (slot->name == NULL)
		return false;
	*value = slot->value;
	return true;
}

static int
double_room(struct map *map, struct vexlog_err *err)
{
	struct map larger = {.arena = map->arena,
	    .room = map->room == 0 ? 16 : map->room * 2};

	larger.slots =
	    arena_list(map->arena, larger.room, sizeof(*larger.slots), err);
	if (larger.slots == NULL)
		return err == NULL ? VEXLOG_NO_MEMORY : err->code;
	for (size_t i = 0; i < map->room; i++) {
		const struct map_slot *slot = &map->slots[i];
		if (slot->name != NULL)
			*find(&larger, slot->name, slot->size, slot->hash) =
			    *slot;
	}
	map->slots = larger.slots;
	map->room = larger.room;
	return 0;
}

int
map_put(struct map *map, const char *name, size_t size, size_t value,
    size_t *found, struct vexlog_err *err)
{
	if (map->count >= map->room / 2) {
		int rc = double_room(map, err);
		if (rc != 0)
			return rc;
	}
	uint32_t hash = sip(name, size);
	struct map_slot *slot = find(map, name, size, hash);
	if (slot->name != NULL) {
		*found = slot->value;
		return 1;
	}
	*slot = (struct map_slot){name, value, (uint32_t)size, hash};
	map->count++;
	*found = value;
	return 0;
}
