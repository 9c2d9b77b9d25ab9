/*
 * trust_memo.c - see trust_memo.h.
 *
 * A note is found again by all of its bytes, never by a hash of some; only its
 * place in the table follows from a few of them.
 */
#include "tlog/trust_memo.h"

#include <pthread.h>
#include <string.h>

#define SLOTS    16
#define NOTE_MAX 2048 /* longer ones are verified each time */

struct slot {
	const struct trust_log *log; /* NULL: empty */
	enum memo_kind kind;
	size_t count, size;
	uint8_t bytes[NOTE_MAX];
};

struct trust_memo {
	pthread_mutex_t lock;
	struct slot slots[SLOTS];
};

int
trust_memo_open(
    struct trust_memo **out, struct vexlog_arena *arena, struct vexlog_err *err)
{
	struct trust_memo *memo = arena_zero(arena, sizeof(*memo), err);

	if (memo == NULL)
		return err->code;
	if (pthread_mutex_init(&memo->lock, NULL) != 0)
		return err_memory(err);
	*out = memo;
	return 0;
}

void
trust_memo_close(struct trust_memo *memo)
{
	if (memo != NULL)
		(void)pthread_mutex_destroy(&memo->lock);
}

/* The last bytes are a signature: as good as chance. */
static struct slot *
slot_of(struct trust_memo *memo, enum memo_kind kind, struct vexlog_bytes note)
{
	uint32_t sum = (uint32_t)kind;

	for (size_t i = note.size > 12 ? note.size - 12 : 0; i < note.size; i++)
		sum = sum * 31 + note.data[i];
	return &memo->slots[sum % SLOTS];
}

bool
trust_memo_find(size_t *count, struct trust_memo *memo,
    const struct trust_log *log, enum memo_kind kind, struct vexlog_bytes note)
{
	const struct slot *s;
	bool found;

	if (memo == NULL || note.size > NOTE_MAX)
		return false;
	(void)pthread_mutex_lock(&memo->lock);
	s = slot_of(memo, kind, note);
	found = s->log == log && s->kind == kind && s->size == note.size &&
	    memcmp(s->bytes, note.data, note.size) == 0;
	if (found && count != NULL)
		*count = s->count;
	(void)pthread_mutex_unlock(&memo->lock);
	return found;
}

void
trust_memo_keep(struct trust_memo *memo, const struct trust_log *log,
    enum memo_kind kind, struct vexlog_bytes note, size_t count)
{
	struct slot *s;

	if (memo == NULL || note.size > NOTE_MAX)
		return;
	(void)pthread_mutex_lock(&memo->lock);
	s = slot_of(memo, kind, note);
	s->log = log;
	s->kind = kind;
	s->count = count;
	s->size = note.size;
	memcpy(s->bytes, note.data, note.size);
	(void)pthread_mutex_unlock(&memo->lock);
}

void
trust_memo_forget(struct trust_memo *memo)
{
	if (memo == NULL)
		return;
	(void)pthread_mutex_lock(&memo->lock);
	for (size_t i = 0; i < SLOTS; i++)
		memo->slots[i].log = NULL;
	(void)pthread_mutex_unlock(&memo->lock);
}
