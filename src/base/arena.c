/*
 * arena.c - bump allocation with a limit. The only file that calls malloc.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN	  16
#define BLOCK_MIN ((size_t)16 * 1024)
#define BLOCK_MAX ((size_t)4 * 1024 * 1024)
#define HUGE	  ((size_t)2 * 1024 * 1024) /* a page, where there are such */
/* Bytes of blocks that are kept for the next ones: memory that the system
 * takes back costs a fault a page when it is given again. AddressSanitizer
 * gets all back, and sees who still looks into it. */
#ifdef __SANITIZE_ADDRESS__
#define SPARE_MAX ((size_t)0)
#else
#define SPARE_MAX ((size_t)32 * 1024 * 1024)
#endif

struct block {
	struct block *before;
	size_t room; /* bytes after this header */
	size_t used;
	size_t pad; /* keeps the bytes after it aligned */
};

struct vexlog_arena {
	struct block *last;
	struct block *spare; /* of no use now, linked by before */
	size_t spare_bytes;
	size_t limit;
	size_t held; /* bytes of all blocks, headers too */
	size_t peak;
	size_t next; /* size of the next block */
};

long arena_fail_in;

static bool
told_to_fail(void)
{
	return arena_fail_in > 0 && --arena_fail_in == 0;
}

static size_t
round_up(size_t size)
{
	return (size + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

struct vexlog_arena *
vexlog_arena_open(size_t limit)
{
	struct vexlog_arena *arena;

	if (told_to_fail() || (arena = calloc(1, sizeof(*arena))) == NULL)
		return NULL;
	arena->limit = limit;
	arena->next = BLOCK_MIN;
	return arena;
}

static void
drop_block(struct vexlog_arena *arena)
{
	struct block *block = arena->last;
	size_t bytes = sizeof(*block) + block->room;

	arena->last = block->before;
	arena->held -= bytes;
	if (arena->spare_bytes + bytes > SPARE_MAX) {
		free(block);
		return;
	}
	block->before = arena->spare;
	arena->spare = block;
	arena->spare_bytes += bytes;
}

/* The first of the spare blocks; one that has not the room for size bytes, or
 * far more than the block that is wanted, is given back: what a job may hold
 * must not hang on the jobs before it. */
static struct block *
take_spare(struct vexlog_arena *arena, size_t size, size_t wanted)
{
	struct block *block = arena->spare;

	if (block == NULL)
		return NULL;
	arena->spare = block->before;
	arena->spare_bytes -= sizeof(*block) + block->room;
	if (block->room >= size && block->room / 2 <= wanted &&
	    sizeof(*block) + block->room <= arena->limit - arena->held)
		return block;
	free(block);
	return NULL;
}

void
vexlog_arena_reset(struct vexlog_arena *arena)
{
	while (arena->last != NULL)
		drop_block(arena);
	arena->next = BLOCK_MIN;
}

void
vexlog_arena_close(struct vexlog_arena *arena)
{
	if (arena == NULL)
		return;
	vexlog_arena_reset(arena);
	for (struct block *block = arena->spare, *next; block != NULL;
	     block = next) {
		next = block->before;
		free(block);
	}
	free(arena);
}

size_t
vexlog_arena_peak(const struct vexlog_arena *arena)
{
	return arena->peak;
}

static int
check_limit(const struct vexlog_arena *arena, size_t more,
    struct vexlog_err *err)
{
	if (more > arena->limit || arena->held > arena->limit - more) {
		err_set(err, VEXLOG_LIMIT,
		    "this needs more than %zu bytes of memory, the limit of "
		    "one job",
		    arena->limit);
		return VEXLOG_LIMIT;
	}
	return 0;
}

static void
count_block(struct vexlog_arena *arena, size_t bytes)
{
	arena->held += bytes;
	if (arena->held > arena->peak)
		arena->peak = arena->held;
}

/* Large pages for a large block: touching it costs a fifth of the time to
 * read a document otherwise. A hint, so it may fail. */
static void
advise(struct block *block)
{
#ifdef MADV_HUGEPAGE
	uintptr_t first = ((uintptr_t)block + HUGE - 1) & ~(HUGE - 1);
	uintptr_t end = (uintptr_t)(block + 1) + block->room;

	if (end > first && end - first >= HUGE)
		(void)madvise((void *)first, (end - first) & ~(HUGE - 1),
		    MADV_HUGEPAGE);
#else
	(void)block;
#endif
}

/* One more block, with room for size bytes at least. */
static struct block *
add_block(struct vexlog_arena *arena, size_t size, struct vexlog_err *err)
{
	size_t room = size > arena->next ? size : arena->next;
	struct block *block;

	if (check_limit(arena, sizeof(*block) + room, err) != 0) {
		room = size;
		if (check_limit(arena, sizeof(*block) + room, err) != 0)
			return NULL;
	}
	if ((block = take_spare(arena, size, room)) == NULL) {
		if ((block = malloc(sizeof(*block) + room)) == NULL) {
			err_memory(err);
			return NULL;
		}
		block->room = room;
		advise(block);
	}
	block->before = arena->last;
	block->used = 0;
	arena->last = block;
	count_block(arena, sizeof(*block) + block->room);
	/* what stays empty of the last block is a ninth at most */
	if (arena->next < BLOCK_MAX && arena->next < arena->held / 8)
		arena->next = arena->held / 8;
	return block;
}

void *
arena_take(struct vexlog_arena *arena, size_t size, struct vexlog_err *err)
{
	struct block *block = arena->last;

	if (told_to_fail() || size > SIZE_MAX / 2) {
		err_memory(err);
		return NULL;
	}
	size = round_up(size == 0 ? 1 : size);
	if ((block == NULL || block->room - block->used < size) &&
	    (block = add_block(arena, size, err)) == NULL)
		return NULL;
	void *piece = (char *)(block + 1) + block->used;
	block->used += size;
	return piece;
}

void *
arena_zero(struct vexlog_arena *arena, size_t size, struct vexlog_err *err)
{
	void *piece = arena_take(arena, size, err);

	if (piece != NULL)
		memset(piece, 0, size);
	return piece;
}

void *
arena_list(struct vexlog_arena *arena, size_t count, size_t size,
    struct vexlog_err *err)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		err_memory(err);
		return NULL;
	}
	return arena_zero(arena, bytes, err);
}

/* A block that holds nothing but this piece can grow by realloc, which for
 * large blocks moves pages and copies nothing. */
static void *
grow_block(struct vexlog_arena *arena, size_t size, struct vexlog_err *err)
{
	struct block *block = arena->last;
	size_t more = size - block->room;

	if (check_limit(arena, more, err) != 0)
		return NULL;
	struct block *grown = realloc(block, sizeof(*block) + size);
	if (grown == NULL) {
		err_memory(err);
		return NULL;
	}
	grown->room = size;
	grown->used = size;
	arena->last = grown;
	count_block(arena, more);
	return grown + 1;
}

void *
arena_extend(struct vexlog_arena *arena, void *old, size_t old_size,
    size_t new_size, struct vexlog_err *err)
{
	struct block *block = arena->last;
	size_t old_room = round_up(old_size == 0 ? 1 : old_size);
	size_t new_room = round_up(new_size == 0 ? 1 : new_size);

	if (old == NULL || block == NULL)
		return arena_take(arena, new_size, err);
	if (told_to_fail() || new_size > SIZE_MAX / 2) {
		err_memory(err);
		return NULL;
	}
	if (new_room <= old_room)
		return old;
	char *first = (char *)(block + 1);
	bool is_last = (char *)old + old_room == first + block->used;
	if (is_last && block->room - block->used >= new_room - old_room) {
		block->used += new_room - old_room;
		return old;
	}
	if (is_last && old == first)
		return grow_block(arena, new_room, err);
	void *piece = arena_take(arena, new_size, err);
	if (piece != NULL)
		memcpy(piece, old, old_size);
	return piece;
}

void *
arena_grow(struct vexlog_arena *arena, void *list, size_t count, size_t *room,
    size_t size, struct vexlog_err *err)
{
	if (count < *room)
		return list;
	size_t want = *room == 0 ? 8 : *room * 2;
	size_t bytes;
	if (want < *room || __builtin_mul_overflow(want, size, &bytes)) {
		err_memory(err);
		return NULL;
	}
	list = arena_extend(arena, list, *room * size, bytes, err);
	if (list != NULL)
		*room = want;
	return list;
}

char *
arena_text(struct vexlog_arena *arena, const void *text, size_t size,
    struct vexlog_err *err)
{
	if (size == SIZE_MAX) {
		err_memory(err);
		return NULL;
	}
	char *copy = arena_take(arena, size + 1, err);
	if (copy != NULL) {
		if (size > 0)
			memcpy(copy, text, size);
		copy[size] = '\0';
	}
	return copy;
}

char *
arena_copy(struct vexlog_arena *arena, const char *text, struct vexlog_err *err)
{
	return arena_text(arena, text, strlen(text), err);
}

char *
arena_join(struct vexlog_arena *arena, const char *a, const char *b,
    const char *c, struct vexlog_err *err)
{
	size_t m = strlen(a), n = strlen(b), o = strlen(c);
	char *text = arena_take(arena, m + n + o + 1, err);

	if (text != NULL) {
		memcpy(text, a, m);
		memcpy(text + m, b, n);
		memcpy(text + m + n, c, o + 1);
	}
	return text;
}

char *
arena_print(struct vexlog_arena *arena, struct vexlog_err *err,
    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int size = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (size < 0) {
		err_memory(err);
		return NULL;
	}
	char *text = arena_take(arena, (size_t)size + 1, err);
	if (text != NULL) {
		va_start(ap, format);
		(void)vsnprintf(text, (size_t)size + 1, format, ap);
		va_end(ap);
	}
	return text;
}

struct arena_mark
arena_mark(const struct vexlog_arena *arena)
{
	struct arena_mark mark = {arena->last, 0};

	if (arena->last != NULL)
		mark.used = arena->last->used;
	return mark;
}

void
arena_back(struct vexlog_arena *arena, struct arena_mark mark)
{
	while (arena->last != NULL && arena->last != mark.block)
		drop_block(arena);
	if (arena->last != NULL)
		arena->last->used = mark.used;
}
