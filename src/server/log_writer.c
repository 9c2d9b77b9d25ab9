/*
 * log_writer.c - see log_writer.h.
 */
#include "server/log_writer.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

struct log_writer {
	struct vexlog_arena *arena;
	struct log_writer_options options;
	pthread_t thread;
	bool running;

	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t more;
	struct log_job *first, **last;
	size_t waiting;
	bool stopping;

	/* the thread's own */
	struct log_job **batch;
	struct vexlog_bytes *bodies;
	struct tile_place *places;
};

/* ---- the thread --------------------------------------------------------- */

static void
deadline_in(struct timespec *out, int ms)
{
	(void)clock_gettime(CLOCK_MONOTONIC, out);
	out->tv_nsec += (long)(ms % 1000) * 1000000;
	out->tv_sec += ms / 1000 + out->tv_nsec / 1000000000;
	out->tv_nsec %= 1000000000;
}

/* Waits for a first job, and a short while for more; 0 when it is over. */
static size_t
gather(struct log_writer *w)
{
	struct timespec deadline;
	size_t count = 0;

	(void)pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stopping)
		(void)pthread_cond_wait(&w->more, &w->lock);
	deadline_in(&deadline, w->options.batch_wait_ms);
	while (w->waiting < w->options.batch_max && !w->stopping)
		if (pthread_cond_timedwait(&w->more, &w->lock, &deadline) ==
		    ETIMEDOUT)
			break;
	while (w->first != NULL && count < w->options.batch_max) {
		w->batch[count++] = w->first;
		w->first = w->first->next;
	}
	if (w->first == NULL)
		w->last = &w->first;
	w->waiting -= count;
	(void)pthread_mutex_unlock(&w->lock);
	return count;
}

static int
answer(struct log_job *job, struct tile_log *log)
{
	struct hash proof[PROOF_LENGTH_MAX], *hashes;
	int rc = tile_log_prove(proof, &job->hash_count, log, job->place.index,
	    &job->place.leaf, &job->err);

	if (rc != 0)
		return rc;
	hashes =
	    arena_list(job->arena, job->hash_count, sizeof(*hashes), &job->err);
	job->note = arena_text(
	    job->arena, log->tree->note, log->tree->note_size, &job->err);
	if (hashes == NULL || job->note == NULL)
		return job->err.code;
	memcpy(hashes, proof, job->hash_count * sizeof(*hashes));
	job->hashes = hashes;
	job->size = log->tree->size;
	job->root = log->tree->root;
	return 0;
}

static void
write_batch(struct log_writer *w, size_t count)
{
	struct tile_log *log = w->options.log;
	struct vexlog_err err;
	int rc;

	for (size_t i = 0; i < count; i++)
		w->bodies[i] = w->batch[i]->body;
	rc = tile_log_append(w->places, log, w->bodies, count, &err);
	for (size_t i = 0; i < count; i++) {
		struct log_job *job = w->batch[i];
		job->rc = rc;
		if (rc != 0)
			job->err = err;
		else {
			job->place = w->places[i];
			/* who was there before is told its index alone */
			if (!job->place.known)
				job->rc = answer(job, log);
		}
		job->done(job, job->context);
	}
}

static void *
run(void *context)
{
	struct log_writer *w = context;
	size_t count;

	while ((count = gather(w)) > 0)
		write_batch(w, count);
	return NULL;
}

/* ---- from the other threads --------------------------------------------- */

int
log_writer_put(
    struct log_writer *w, struct log_job *job, struct vexlog_err *err)
{
	bool taken;

	job->next = NULL;
	(void)pthread_mutex_lock(&w->lock);
	taken = !w->stopping && w->waiting < w->options.waiting_max;
	if (taken) {
		*w->last = job;
		w->last = &job->next;
		w->waiting++;
		(void)pthread_cond_signal(&w->more);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return taken
	    ? 0
	    : err_set(err, VEXLOG_UNREACHABLE, "reached max pushback; retry");
}

static int
start(struct log_writer *w, struct vexlog_err *err)
{
	pthread_condattr_t attr;
	int e;

	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&w->more, &attr);
	(void)pthread_condattr_destroy(&attr);
	if ((e = pthread_create(&w->thread, NULL, run, w)) != 0) {
		errno = e;
		return err_system(err, "start a thread", "");
	}
	w->running = true;
	return 0;
}

int
log_writer_open(struct log_writer **out,
    const struct log_writer_options *options, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(256 * MIB);
	struct log_writer *w;
	size_t max = options->batch_max;

	if (arena == NULL)
		return err_memory(err);
	if ((w = arena_zero(arena, sizeof(*w), err)) == NULL ||
	    (w->batch = arena_list(arena, max, sizeof(*w->batch), err)) ==
		NULL ||
	    (w->bodies = arena_list(arena, max, sizeof(*w->bodies), err)) ==
		NULL ||
	    (w->places = arena_list(arena, max, sizeof(*w->places), err)) ==
		NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	w->arena = arena;
	w->options = *options;
	w->last = &w->first;
	if (start(w, err) != 0) {
		log_writer_close(w);
		return err->code;
	}
	*out = w;
	return 0;
}

void
log_writer_stop(struct log_writer *w)
{
	if (!w->running)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->stopping = true;
	(void)pthread_cond_signal(&w->more);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	w->running = false;
}

void
log_writer_close(struct log_writer *w)
{
	if (w == NULL)
		return;
	log_writer_stop(w);
	(void)pthread_mutex_destroy(&w->lock);
	(void)pthread_cond_destroy(&w->more);
	vexlog_arena_close(w->arena);
}
