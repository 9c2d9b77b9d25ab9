/*
 * log_api.c - see log_api.h. A POST is checked in its connection's thread,
 * then sleeps until the writer has logged it.
 */
#include "server/log_api.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "server/log_request.h"
#include "server/log_server.h"
#include "json/write.h"

#define ENTRIES_PATH    "/api/v2/log/entries"
#define CHECKPOINT_PATH "/api/v2/checkpoint"
#define TILES_PREFIX    "/api/v2/" /* before "tile/…" */
#define FROZEN          "This log has been frozen, please switch to the latest log.\n"
#define REQUEST_ARENA   ((size_t)64 * 1024 * 1024)
#define DISCARD_MAX     ((size_t)64 * 1024 * 1024) /* read past the limit */

/* google.rpc.Code */
enum {
	RPC_INVALID = 3,
	RPC_NOT_FOUND = 5,
	RPC_EXISTS = 6,
	RPC_UNIMPLEMENTED = 12,
	RPC_INTERNAL = 13,
	RPC_UNAVAILABLE = 14
};

struct request {
	struct log_api *api;
	struct vexlog_arena *arena;
	struct MHD_Connection *connection;
	struct buffer upload;
	size_t discarded;
	struct log_job job;
	bool waits; /* for the writer, or has its answer */
};

static void
warn(const struct log_api *s, const struct vexlog_err *err)
{
	char line[1100];

	if (s->warn == NULL)
		return;
	(void)snprintf(line, sizeof(line), "%s%s%s%s%s", err->where,
	    err->where[0] == '\0' ? "" : ": ", err->message,
	    err->hint[0] == '\0' ? "" : "; ", err->hint);
	s->warn(line, s->context);
}

/* ---- answers ------------------------------------------------------------ */

static enum MHD_Result
send_response(struct MHD_Connection *c, unsigned status, const char *type,
    const char *header, const char *value, struct MHD_Response *response)
{
	enum MHD_Result rc = MHD_NO;

	if (response == NULL)
		return MHD_NO;
	if ((type == NULL ||
		MHD_add_response_header(response, "Content-Type", type) ==
		    MHD_YES) &&
	    (header == NULL ||
		MHD_add_response_header(response, header, value) == MHD_YES))
		rc = MHD_queue_response(c, status, response);
	MHD_destroy_response(response);
	return rc;
}

static enum MHD_Result
send_bytes(struct MHD_Connection *c, unsigned status, const char *type,
    const char *header, const char *value, struct vexlog_bytes bytes)
{
	return send_response(c, status, type, header, value,
	    MHD_create_response_from_buffer(bytes.size,
		(void *)(uintptr_t)bytes.data, MHD_RESPMEM_MUST_COPY));
}

/* Errors as grpc-gateway writes them. */
static enum MHD_Result
send_error(struct request *r, unsigned status, int code, const char *message,
    const char *header, const char *value)
{
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, r->arena, 64 * KIB);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "code", code);
	json_name(&w, "message");
	/* it may quote the request, cut anywhere */
	json_put_bytes(&w, message, text_utf8_valid(message, strlen(message)));
	json_name(&w, "details");
	json_array(&w);
	json_close(&w);
	json_close(&w);
	if (buffer_finish(&b, &bytes, &err) != 0)
		return MHD_NO;
	return send_bytes(
	    r->connection, status, "application/json", header, value, bytes);
}

static enum MHD_Result
send_not_found(struct request *r)
{
	return send_error(
	    r, MHD_HTTP_NOT_FOUND, RPC_NOT_FOUND, "Not Found", NULL, NULL);
}

static void
put_base64(struct json_writer *w, struct request *r, const char *name,
    const void *data, size_t size)
{
	struct vexlog_err err;

	json_member(w, name,
	    text_base64(r->arena, (struct vexlog_bytes){data, size}, &err));
}

static void
put_number(struct json_writer *w, const char *name, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	json_member(w, name, text);
}

/* A TransparencyLogEntry (sigstore_rekor.proto) in proto3 JSON. */
static enum MHD_Result
send_entry(struct request *r)
{
	const struct log_job *job = &r->job;
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, r->arena, MIB);
	json_open(&w, &b, false);
	json_object(&w);
	put_number(&w, "logIndex", job->place.index);
	json_name(&w, "logId");
	json_object(&w);
	json_member(&w, "keyId", r->api->id);
	json_close(&w);
	json_name(&w, "kindVersion");
	json_object(&w);
	json_member(&w, "kind", "hashedrekord");
	json_member(&w, "version", "0.0.2");
	json_close(&w);
	json_member(&w, "integratedTime", "0");
	json_member(&w, "inclusionPromise", NULL);
	json_name(&w, "inclusionProof");
	json_object(&w);
	put_number(&w, "logIndex", job->place.index);
	put_base64(&w, r, "rootHash", job->root.bytes, HASH_SIZE);
	put_number(&w, "treeSize", job->size);
	json_name(&w, "hashes");
	json_array(&w);
	for (size_t i = 0; i < job->hash_count; i++)
		json_put_text(&w,
		    text_base64(r->arena,
			(struct vexlog_bytes){job->hashes[i].bytes, HASH_SIZE},
			&err));
	json_close(&w);
	json_name(&w, "checkpoint");
	json_object(&w);
	json_member(&w, "envelope", job->note);
	json_close(&w);
	json_close(&w);
	put_base64(&w, r, "canonicalizedBody", job->body.data, job->body.size);
	json_close(&w);
	if (buffer_finish(&b, &bytes, &err) != 0)
		return MHD_NO;
	return send_bytes(r->connection, MHD_HTTP_CREATED, "application/json",
	    NULL, NULL, bytes);
}

/* ---- write -------------------------------------------------------------- */

static enum MHD_Result
send_known(struct request *r)
{
	char message[128], index[24];

	(void)snprintf(index, sizeof(index), "%llu",
	    (unsigned long long)r->job.place.index);
	(void)snprintf(message, sizeof(message),
	    "an equivalent entry already exists in the transparency log with "
	    "index %s",
	    index);
	return send_error(
	    r, MHD_HTTP_CONFLICT, RPC_EXISTS, message, "X-Log-Index", index);
}

static enum MHD_Result
send_failure(struct request *r)
{
	/* try again where that may help; the cause is the operator's */
	if (r->job.err.code == VEXLOG_UNREACHABLE ||
	    r->job.err.code == VEXLOG_NO_MEMORY)
		return send_error(r, MHD_HTTP_SERVICE_UNAVAILABLE,
		    RPC_UNAVAILABLE, "the log can't be written now; retry",
		    "Retry-After", "1");
	return send_error(r, MHD_HTTP_INTERNAL_SERVER_ERROR, RPC_INTERNAL,
	    "internal server error", NULL, NULL);
}

static void
job_done(struct log_job *job, void *context)
{
	struct request *r = context;

	if (job->rc != 0)
		warn(r->api, &job->err);
	MHD_resume_connection(r->connection);
}

/* The whole body is there: judged, and given to the writer. */
static enum MHD_Result
take_entry(struct request *r)
{
	struct vexlog_bytes upload;
	struct vexlog_err err;
	int rc;

	if (r->discarded > 0 || r->upload.failed == VEXLOG_LIMIT)
		return send_error(r, MHD_HTTP_BAD_REQUEST, RPC_INVALID,
		    "http: request body too large", NULL, NULL);
	rc = buffer_finish(&r->upload, &upload, &err);
	if (rc == 0)
		rc = log_request_read(&r->job.body, r->arena,
		    r->api->keys, upload, &err);
	if (rc == VEXLOG_REFUSED)
		return send_error(r, MHD_HTTP_BAD_REQUEST, RPC_INVALID,
		    err.message, NULL, NULL);
	if (rc != 0) {
		r->job.err = err;
		return send_failure(r);
	}
	r->job.arena = r->arena;
	r->job.done = job_done;
	r->job.context = r;
	/* asleep before the writer may wake it */
	r->waits = true;
	MHD_suspend_connection(r->connection);
	if (log_writer_put(r->api->writer, &r->job, &r->job.err) != 0) {
		r->job.rc = r->job.err.code;
		MHD_resume_connection(r->connection);
	}
	return MHD_YES;
}

static enum MHD_Result
post(struct request *r, const char *data, size_t *size)
{
	if (*size > 0) {
		if (r->upload.size + *size > LOG_SERVE_BODY_MAX)
			r->discarded += *size;
		else
			buffer_bytes(&r->upload, data, *size);
		*size = 0;
		return r->discarded > DISCARD_MAX ? MHD_NO : MHD_YES;
	}
	if (r->api->writer == NULL)
		return send_bytes(r->connection, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "text/plain; charset=utf-8", NULL, NULL,
		    text_bytes(FROZEN));
	if (!r->waits)
		return take_entry(r);
	if (r->job.rc == VEXLOG_UNREACHABLE && r->job.err.where[0] == '\0')
		return send_error(r, MHD_HTTP_SERVICE_UNAVAILABLE,
		    RPC_UNAVAILABLE, r->job.err.message, "Retry-After", "1");
	if (r->job.rc != 0)
		return send_failure(r);
	return r->job.place.known ? send_known(r) : send_entry(r);
}

/* ---- read --------------------------------------------------------------- */

static enum MHD_Result
send_checkpoint(struct request *r)
{
	struct log_api *s = r->api;
	struct vexlog_bytes note = {NULL, 0};
	struct vexlog_err err;
	int rc;

	(void)pthread_mutex_lock(&s->reading);
	if ((rc = tile_log_refresh(s->reader, &err)) == 0) {
		note.size = s->reader->tree->note_size;
		note.data = (const uint8_t *)arena_text(
		    r->arena, s->reader->tree->note, note.size, &err);
		if (note.data == NULL)
			rc = err.code;
	}
	(void)pthread_mutex_unlock(&s->reading);
	if (rc == 0)
		return send_bytes(r->connection, MHD_HTTP_OK,
		    "text/plain; charset=utf-8", "Cache-Control", "no-cache",
		    note);
	warn(s, &err);
	r->job.err = err;
	return send_failure(r);
}

/* Only what a checkpoint covers is there. */
static bool
is_covered(struct log_api *s, const struct tile_name *name)
{
	struct vexlog_err err;
	unsigned width;

	(void)pthread_mutex_lock(&s->reading);
	width = tile_width(s->reader->tree->size, name->level, name->n);
	if (width < name->width) {
		if (tile_log_refresh(s->reader, &err) != 0)
			warn(s, &err);
		width = tile_width(s->reader->tree->size, name->level, name->n);
	}
	(void)pthread_mutex_unlock(&s->reading);
	return width >= name->width;
}

static enum MHD_Result
send_tile(struct request *r, const char *path)
{
	struct tile_name name;
	struct vexlog_err err;
	struct stat st;
	char *file;
	int fd;

	if (!tile_read_path(&name, path) || !is_covered(r->api, &name))
		return send_not_found(r);
	file = arena_print(r->arena, &err, "%s/%s", r->api->folder, path);
	if (file == NULL)
		return MHD_NO;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return send_not_found(r);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return send_not_found(r);
	}
	return send_response(r->connection, MHD_HTTP_OK,
	    "application/octet-stream", "Cache-Control",
	    "max-age=31536000, immutable",
	    MHD_create_response_from_fd64((uint64_t)st.st_size, fd));
}

static enum MHD_Result
route(struct request *r, const char *method, const char *path, const char *data,
    size_t *size)
{
	bool get = strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	    strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
	bool entries = strcmp(path, ENTRIES_PATH) == 0;
	bool known = entries || strcmp(path, CHECKPOINT_PATH) == 0 ||
	    strcmp(path, "/healthz") == 0 ||
	    text_starts(path, TILES_PREFIX "tile/");

	if (entries && strcmp(method, MHD_HTTP_METHOD_POST) == 0)
		return post(r, data, size);
	if (*size > 0) { /* a body that nobody asked for */
		r->discarded += *size;
		*size = 0;
		return r->discarded > LOG_SERVE_BODY_MAX ? MHD_NO : MHD_YES;
	}
	if (!known)
		return send_not_found(r);
	if (!get || entries)
		return send_error(r, MHD_HTTP_NOT_IMPLEMENTED,
		    RPC_UNIMPLEMENTED, "Method Not Allowed", NULL, NULL);
	if (strcmp(path, CHECKPOINT_PATH) == 0)
		return send_checkpoint(r);
	if (strcmp(path, "/healthz") == 0)
		return send_bytes(r->connection, MHD_HTTP_OK,
		    "application/json", NULL, NULL,
		    text_bytes("{\"status\":\"SERVING\"}\n"));
	return send_tile(r, path + strlen(TILES_PREFIX));
}

/* ---- connections -------------------------------------------------------- */

enum MHD_Result
log_api_handle(void *context, struct MHD_Connection *connection,
    const char *path, const char *method, const char *version, const char *data,
    size_t *size, void **state)
{
	struct log_api *s = context;
	struct vexlog_arena *arena;
	struct vexlog_err err;
	struct request *r = *state;

	(void)version;
	if (r != NULL)
		return route(r, method, path, data, size);
	if ((arena = vexlog_arena_open(REQUEST_ARENA)) == NULL)
		return MHD_NO;
	if ((r = arena_zero(arena, sizeof(*r), &err)) == NULL) {
		vexlog_arena_close(arena);
		return MHD_NO;
	}
	r->api = s;
	r->arena = arena;
	r->connection = connection;
	buffer_open(&r->upload, arena, LOG_SERVE_BODY_MAX);
	atomic_fetch_add(&s->open, 1);
	*state = r;
	/* an answer at this point would close the connection */
	return MHD_YES;
}

void
log_api_completed(void *context, struct MHD_Connection *connection,
    void **state, enum MHD_RequestTerminationCode code)
{
	struct log_api *s = context;
	struct request *r = *state;

	(void)connection;
	(void)code;
	if (r == NULL)
		return;
	*state = NULL;
	vexlog_arena_close(r->arena);
	atomic_fetch_sub(&s->open, 1);
}
