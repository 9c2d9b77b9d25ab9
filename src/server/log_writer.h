/*
 * log_writer.h - the one thread that writes to the served log: it gathers
 * what many connections bring and logs it under one checkpoint.
 */
#ifndef VEXLOG_SERVER_LOG_WRITER_H
#define VEXLOG_SERVER_LOG_WRITER_H

#include "tlog/tile_log.h"

/* One entry to be logged; its owner leaves it alone until done is called. */
struct log_job {
	struct vexlog_arena *arena; /* of the answer */
	struct vexlog_bytes body;
	void (*done)(struct log_job *job, void *context); /* in our thread */
	void *context;

	/* the answer: rc and err, or the rest */
	int rc;
	struct vexlog_err err;
	struct tile_place place;
	const char *note; /* of the checkpoint */
	uint64_t size;
	struct hash root;
	const struct hash *hashes;
	size_t hash_count;

	struct log_job *next;
};

struct log_writer;

struct log_writer_options {
	struct tile_log *log; /* the writer's alone from now on */
	size_t batch_max;     /* entries under one checkpoint */
	int batch_wait_ms;    /* for more of them */
	size_t waiting_max;   /* jobs; past it UNREACHABLE */
};

int log_writer_open(struct log_writer **out,
    const struct log_writer_options *options, struct vexlog_err *err);
/* errors   UNREACHABLE (too many wait, or it is closing): done is not called */
int log_writer_put(
    struct log_writer *writer, struct log_job *job, struct vexlog_err *err);
/* Takes no more jobs, finishes those it has, ends the thread. */
void log_writer_stop(struct log_writer *writer);
void log_writer_close(struct log_writer *writer);

#endif
