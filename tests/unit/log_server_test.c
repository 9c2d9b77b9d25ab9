/*
 * log_server_test.c - the served log against real Rekor's recorded answers,
 * our own Rekor client, many clients at once, and a server that is stopped.
 */
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>

#include "server/log_request.h"
#include "server/log_server.h"
#include "tests/unit/log_scenario.h"
#include "json/json.h"

#define ENTRIES "/api/v2/log/entries"

/* ---- a server in a thread ----------------------------------------------- */

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct log_serve_options options;
	int stop[2];
	char url[128], warning[1024];
	bool ready, ended;
	int rc;
	struct vexlog_err err;
} server = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void
on_ready(const char *url, void *context)
{
	(void)context;
	(void)pthread_mutex_lock(&server.lock);
	(void)snprintf(server.url, sizeof(server.url), "%s", url);
	server.ready = true;
	(void)pthread_cond_broadcast(&server.changed);
	(void)pthread_mutex_unlock(&server.lock);
}

static void
on_warning(const char *line, void *context)
{
	(void)context;
	(void)pthread_mutex_lock(&server.lock);
	(void)snprintf(server.warning, sizeof(server.warning), "%s", line);
	(void)pthread_mutex_unlock(&server.lock);
}

static void *
serve(void *context)
{
	(void)context;
	server.rc = log_serve(&server.options, &server.err);
	(void)pthread_mutex_lock(&server.lock);
	server.ended = true;
	(void)pthread_cond_broadcast(&server.changed);
	(void)pthread_mutex_unlock(&server.lock);
	return NULL;
}

static void
start(const char *folder, const char *address, bool read_only)
{
	if (pipe(server.stop) != 0)
		bail("pipe");
	server.options = (struct log_serve_options){.folder = folder,
	    .listen = address,
	    .read_only = read_only,
	    .stop_fd = server.stop[0],
	    .ready = on_ready,
	    .warn = on_warning};
	server.ready = server.ended = false;
	server.warning[0] = '\0';
	if (pthread_create(&server.thread, NULL, serve, NULL) != 0)
		bail("no thread");
	(void)pthread_mutex_lock(&server.lock);
	while (!server.ready && !server.ended)
		(void)pthread_cond_wait(&server.changed, &server.lock);
	(void)pthread_mutex_unlock(&server.lock);
}

static void
join(void)
{
	(void)pthread_join(server.thread, NULL);
	(void)close(server.stop[0]);
	(void)close(server.stop[1]);
}

static void
stop(void)
{
	if (write(server.stop[1], "", 1) != 1)
		bail("pipe");
	join();
	is_int(server.rc, 0, "stopped");
}

/* ---- a client ----------------------------------------------------------- */

struct answer {
	long status;
	char type[128], index[32], cache[64];
	char *body;
	size_t size;
};

static size_t
take_body(char *data, size_t one, size_t count, void *context)
{
	struct answer *a = context;

	a->body = realloc(a->body, a->size + one * count + 1);
	memcpy(a->body + a->size, data, one * count);
	a->size += one * count;
	a->body[a->size] = '\0';
	return one * count;
}

static size_t
take_header(char *data, size_t one, size_t count, void *context)
{
	struct answer *a = context;
	char line[512];

	(void)snprintf(line, sizeof(line), "%.*s", (int)(one * count), data);
	line[strcspn(line, "\r\n")] = '\0';
	if (strncasecmp(line, "Content-Type: ", 14) == 0)
		(void)snprintf(a->type, sizeof(a->type), "%.120s", line + 14);
	if (strncasecmp(line, "X-Log-Index: ", 13) == 0)
		(void)snprintf(a->index, sizeof(a->index), "%.24s", line + 13);
	if (strncasecmp(line, "Cache-Control: ", 15) == 0)
		(void)snprintf(a->cache, sizeof(a->cache), "%.60s", line + 15);
	return one * count;
}

/* One exchange; the body is freed by forget. */
static struct answer
ask(const char *method, const char *path, struct vexlog_bytes body)
{
	struct answer a = {.status = 0};
	CURL *c = curl_easy_init();
	char url[1024];
	CURLcode rc;

	(void)snprintf(url, sizeof(url), "%s%s", server.url, path);
	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, &a);
	(void)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(c, CURLOPT_HEADERDATA, &a);
	if (body.data != NULL) {
		(void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data);
		(void)curl_easy_setopt(
		    c, CURLOPT_POSTFIELDSIZE, (long)body.size);
	}
	if (strcmp(method, "HEAD") == 0)
		(void)curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else
		(void)curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	if ((rc = curl_easy_perform(c)) != CURLE_OK)
		(void)snprintf(
		    a.type, sizeof(a.type), "%s", curl_easy_strerror(rc));
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a.status);
	curl_easy_cleanup(c);
	return a;
}

static struct answer
get(const char *path)
{
	return ask("GET", path, (struct vexlog_bytes){NULL, 0});
}

static void
forget(struct answer *a)
{
	free(a->body);
	*a = (struct answer){.status = 0};
}

/* The request of one numbered signature. */
static struct vexlog_bytes
request_of(const struct log_request *request)
{
	struct hash digest;

	must(hash_bytes(&digest, request->message, &err), "hash");
	return text_bytes(arena_print(arena, &err,
	    "{\"hashedRekordRequestV002\":{\"digest\":\"%s\",\"signature\":{"
	    "\"content\":\"%s\",\"verifier\":{\"keyDetails\":"
	    "\"PKIX_ECDSA_P256_SHA_256\",\"publicKey\":{\"rawBytes\":\"%s\"}}}"
	    "}}",
	    text_base64(
		arena, (struct vexlog_bytes){digest.bytes, HASH_SIZE}, &err),
	    text_base64(arena, request->signature, &err),
	    text_base64(arena, key_spki(request->key), &err)));
}

/* ---- recorded answers --------------------------------------------------- */

static const char *
member(const char *body, size_t size, const char *name)
{
	struct vexlog_bytes bytes = {(const uint8_t *)body, size};
	struct json_doc doc;

	if (size == 0 || json_read(&doc, arena, bytes, 0, &err) != 0)
		return NULL;
	return json_get_text(doc.root, name);
}

/* Go's protobuf writes "proto:" with a no-break space, or with another one,
 * as it pleases. */
static const char *
plain(const char *message)
{
	char *copy = arena_copy(arena, message, &err), *to = copy;

	for (const char *at = copy; *at != '\0'; at++)
		if (text_starts(at, "\u00a0")) {
			*to++ = ' ';
			at++;
		} else
			*to++ = *at;
	*to = '\0';
	return copy;
}

/* Where we mean to differ: pure Ed25519 is 500 there by a panic, and the
 * write server alone does not serve reads. */
static bool
differs(const char *name)
{
	return text_starts(name, "23-") || text_starts(name, "29-") ||
	    text_starts(name, "30-");
}

static void
compare(const struct json_value *exchange)
{
	const char *name = json_get_text(exchange, "name");
	const char *method = json_get_text(exchange, "method");
	const char *path = json_get_text(exchange, "path");
	const char *request = json_get_text(exchange, "request");
	const char *body = json_get_text(exchange, "body");
	const char *want, *got;
	int64_t status;
	struct answer a;

	if (text_starts(name, "23-") && request != NULL) {
		a = ask(method, path, text_bytes(request));
		is_int(a.status, 400,
		    "rekor-tiles #872: pure Ed25519 is refused, no panic");
		forget(&a);
	}
	if (differs(name) || body == NULL ||
	    !json_integer_of(json_get(exchange, "status"), &status) ||
	    (strcmp(method, "POST") == 0 && request == NULL))
		return;
	a = ask(method, path,
	    request == NULL ? (struct vexlog_bytes){NULL, 0}
			    : text_bytes(request));
	/* which of the same requests came first there is chance */
	if (strstr(name, "concurrent") != NULL)
		status =
		    text_starts(name, "41-concurrent-duplicate-0") ? 201 : 409;
	if (!is_int(a.status, status, name))
		printf("# %s\n", a.body);
	is_text(a.type, "application/json", "  its type");
	want = member(body, strlen(body), "message");
	got = member(a.body, a.size, "message");
	if (want != NULL && strstr(name, "concurrent") == NULL)
		is_text(got, plain(want), "  its message");
	want = member(body, strlen(body), "canonicalizedBody");
	if (want != NULL && a.status == 201)
		is_text(member(a.body, a.size, "canonicalizedBody"), want,
		    "  its body, byte for byte");
	if (a.status == 409)
		ok(strstr(a.body, a.index) != NULL && a.index[0] != '\0',
		    "  its X-Log-Index");
	forget(&a);
}

/* What has brought other logs down, or made them fetch addresses. */
static void
test_foreign_kinds(void)
{
	static const struct {
		const char *name, *body;
	} kinds[] = {
	    {"GHSA-273p-m2cw-6833: an empty cose message",
		"{\"kind\":\"cose\",\"apiVersion\":\"0.0.1\",\"spec\":{"
		"\"message\":\"\"}}"},
	    {"GHSA-4c4x-jm2x-pf9j: a key by its address",
		"{\"hashedRekordRequestV002\":{\"digest\":\"AA==\","
		"\"signature\":{\"content\":\"AA==\",\"verifier\":{"
		"\"keyDetails\":\"PKIX_ECDSA_P256_SHA_256\",\"publicKey\":{"
		"\"url\":\"http://127.0.0.1:9/key\"}}}}}"},
	    {"CVE-2023-33199: an intoto entry without content",
		"{\"kind\":\"intoto\",\"apiVersion\":\"0.0.2\",\"spec\":{}}"},
	    {"CVE-2026-48702: a packed alpine package",
		"{\"kind\":\"alpine\",\"apiVersion\":\"0.0.1\",\"spec\":{"
		"\"package\":{\"content\":\"H4sIAAAAAAAAAwMAAAAAAAAAAAA=\"}}}"},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct answer a = ask("POST", ENTRIES, text_bytes(kinds[i].body));
		is_int(a.status, 400, kinds[i].name);
		forget(&a);
	}
}

static void
test_recorded(const char *folder)
{
	struct vexlog_bytes file;
	struct json_doc doc;
	struct answer a;
	size_t size = 1024 * 1024 * 5;
	char *large = malloc(size);
	uint64_t entries;

	must(
	    file_read(&file, arena, data_path("transcripts/rekor-v2.3.0.jsonl"),
		SIZE_MAX / 4, &err),
	    "transcript");
	start(folder, NULL, false);
	for (const uint8_t *at = file.data, *end = at + file.size; at < end;) {
		const uint8_t *line = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line == NULL ? end : line) - at);
		must(json_read(&doc, arena, (struct vexlog_bytes){at, length},
			 0, &err),
		    "a line");
		compare(doc.root);
		at += length + 1;
	}
	test_foreign_kinds();
	memset(large, ' ', size);
	a = ask("POST", ENTRIES,
	    (struct vexlog_bytes){(const uint8_t *)large, size});
	is_int(a.status, 400, "5 MiB");
	is_text(member(a.body, a.size, "message"),
	    "http: request body too large", "are too large");
	forget(&a);
	free(large);
	stop();
	must(log_local_verify(&entries, folder, &err), "verify");
	is_int((int64_t)entries, 21, "the same entries as there");
}

/* ---- what is served ----------------------------------------------------- */

static void
expect(const char *method, const char *path, long status, const char *type)
{
	struct answer a = ask(method, path, (struct vexlog_bytes){NULL, 0});

	ok(a.status == status && strcmp(a.type, type) == 0, "%s %s", method,
	    path);
	if (a.status != status || strcmp(a.type, type) != 0)
		printf("# %ld %s %s\n", a.status, a.type, a.body);
	forget(&a);
}

static void
test_reading(void)
{
	const char *folder = make_tiles(300);
	const char *octets = "application/octet-stream";
	const char *json = "application/json";
	struct vexlog_bytes file;
	struct tile_log *log;
	struct answer a;

	start(folder, "127.0.0.1:0", false);
	ok(text_starts(server.url, "http://127.0.0.1:"), "on loopback");
	a = get("/api/v2/checkpoint");
	must(file_read(&file, arena,
		 arena_print(arena, &err, "%s/checkpoint", folder),
		 NOTE_SIZE_MAX, &err),
	    "checkpoint");
	ok(a.status == 200 && a.size == file.size &&
		memcmp(a.body, file.data, a.size) == 0,
	    "the checkpoint");
	is_text(a.type, "text/plain; charset=utf-8", "its type");
	is_text(a.cache, "no-cache", "not to be kept");
	forget(&a);
	a = get("/api/v2/tile/0/000");
	must(file_read(&file, arena,
		 arena_print(arena, &err, "%s/tile/0/000", folder), MIB, &err),
	    "tile");
	ok(a.status == 200 && a.size == file.size &&
		memcmp(a.body, file.data, a.size) == 0,
	    "a tile");
	is_text(a.cache, "max-age=31536000, immutable", "for ever");
	forget(&a);
	expect("GET", "/api/v2/tile/0/001.p/44", 200, octets);
	expect("GET", "/api/v2/tile/1/000.p/1", 200, octets);
	expect("GET", "/api/v2/tile/entries/000", 200, octets);
	expect("HEAD", "/api/v2/tile/entries/001.p/44", 200, octets);
	expect("GET", "/api/v2/tile/0/001", 404, json);
	expect("GET", "/api/v2/tile/0/001.p/45", 404, json);
	expect("GET", "/api/v2/tile/0/001.p/3", 404, json);
	expect("GET", "/api/v2/tile/0/002", 404, json);
	expect("GET", "/api/v2/tile/63/000.p/1", 404, json);
	expect("GET", "/api/v2/tile/0/0", 404, json);
	expect("GET", "/api/v2/tile/../key.pem", 404, json);
	expect("GET", "/api/v2/../../key.pem", 404, json);
	expect("GET", "/api/v2/tile/0/..%2f..%2fkey.pem", 404, json);
	expect("GET", "/", 404, json);
	expect("GET", "/api/v1/log", 404, json);
	expect("PUT", "/api/v2/checkpoint", 501, json);
	expect("DELETE", ENTRIES, 501, json);
	expect("GET", ENTRIES, 501, json);
	expect("GET", "/healthz", 200, json);

	/* what another process adds is seen; what it tears is not */
	log = open_tiles(folder);
	must(append(log, 300, 1, NULL), "append");
	tile_log_close(log);
	expect("GET", "/api/v2/tile/0/001.p/45", 200, octets);
	expect("GET", "/api/v2/tile/0/001.p/44", 200, octets);
	put_file(folder, "tile/0/001.p/46", "x", 1);
	expect("GET", "/api/v2/tile/0/001.p/46", 404, json);
	stop();
	remove_all(folder);
}

static void
test_read_only(void)
{
	const char *folder = make_tiles(3);
	struct answer a;

	start(folder, "0", true);
	a = ask("POST", ENTRIES, request_of(requests));
	is_int(a.status, 405, "a frozen log takes nothing");
	is_text(a.body,
	    "This log has been frozen, please switch to the latest log.\n",
	    "and says so");
	is_text(a.type, "text/plain; charset=utf-8", "in plain text");
	forget(&a);
	expect("GET", "/api/v2/checkpoint", 200, "text/plain; charset=utf-8");
	expect("GET", "/healthz", 200, "application/json");
	stop();
	ok(!has_file(folder, "tile/0/000.p/4"), "nothing was added");
	remove_all(folder);
}

/* ---- our client --------------------------------------------------------- */

static void
test_client(const char *scheme)
{
	const char *folder = fast_folder(), *url = NULL;
	struct trust *trust;
	uint64_t size;

	must(log_local_init(folder, &err), "init");
	start(folder, NULL, false);
	url = arena_print(arena, &err, "%s%s", scheme, server.url);
	trust = make_log(&url, folder);
	scenario(url, trust);
	stop();
	must(log_local_verify(&size, folder, &err), "verify");
	is_int((int64_t)size, MANY, "by our own client");
	trust_close(trust);
	remove_all(folder);
}

/* ---- many at once ------------------------------------------------------- */

enum { CLIENTS = 24, EACH = 12 };

struct client {
	pthread_t thread;
	size_t number;
	struct vexlog_bytes bodies[EACH];
	size_t created, known, other;
};

/* Half of what a client sends is its own, half is what all send. */
static void *
submit_some(void *context)
{
	struct client *c = context;

	for (size_t i = 0; i < EACH; i++) {
		struct answer a = ask("POST", ENTRIES, c->bodies[i]);
		c->created += a.status == 201;
		c->known += a.status == 409;
		c->other += a.status != 201 && a.status != 409;
		forget(&a);
	}
	return NULL;
}

static void
test_many(void)
{
	const char *folder = make_tiles(0);
	static struct client clients[CLIENTS];
	size_t created = 0, known = 0, other = 0, own = EACH / 2;
	uint64_t size;

	for (size_t i = 0; i < CLIENTS; i++)
		for (size_t k = 0; k < EACH; k++)
			clients[i].bodies[k] = request_of(
			    &requests[k % 2 == 0 ? k / 2
						 : own + i * own + k / 2]);
	start(folder, NULL, false);
	for (size_t i = 0; i < CLIENTS; i++)
		if (pthread_create(&clients[i].thread, NULL, submit_some,
			&clients[i]) != 0)
			bail("no thread");
	for (size_t i = 0; i < CLIENTS; i++) {
		(void)pthread_join(clients[i].thread, NULL);
		created += clients[i].created;
		known += clients[i].known;
		other += clients[i].other;
	}
	is_int((int64_t)created, (CLIENTS + 1) * EACH / 2,
	    "each entry is made once");
	is_int((int64_t)known, (CLIENTS - 1) * EACH / 2,
	    "and known to all others");
	is_int((int64_t)other, 0, "nobody is turned away");
	stop();
	must(log_local_verify(&size, folder, &err), "verify");
	is_int((int64_t)size, (CLIENTS + 1) * EACH / 2, "so says the log");

	start(folder, NULL, false);
	{
		struct answer a = ask("POST", ENTRIES, clients[0].bodies[0]);
		is_int(a.status, 409, "after a restart too");
		ok(a.index[0] != '\0' && strstr(a.body, a.index) != NULL,
		    "with its index");
		forget(&a);
	}
	stop();
	remove_all(folder);
}

/* ---- trouble ------------------------------------------------------------ */

static void
test_full_disk(void)
{
	const char *folder = make_tiles(0);
	struct answer a;
	int bad = 0;

	start(folder, NULL, false);
	for (long n = 1; n < 10; n++) {
		file_fail_in = n;
		a = ask("POST", ENTRIES, request_of(&requests[n]));
		file_fail_in = 0;
		bad += a.status != 500;
		forget(&a);
		a = ask("POST", ENTRIES, request_of(&requests[n]));
		bad += a.status != 201 && a.status != 409;
		forget(&a);
	}
	is_int(bad, 0, "a full disk is 500, and gone when there is room");
	has_text(server.warning, "No space left", "the operator is told");
	stop();
	remove_all(folder);
}

/* Signals, while clients are at it: what was acknowledged is there. */
static void
test_signal(int number)
{
	const char *folder = make_tiles(0);
	static struct client clients[CLIENTS];
	size_t created = 0;
	uint64_t size = 0;

	memset(clients, 0, sizeof(clients));
	for (size_t i = 0; i < CLIENTS; i++)
		for (size_t k = 0; k < EACH; k++)
			clients[i].bodies[k] =
			    request_of(&requests[i * EACH + k]);
	start(folder, NULL, false);
	for (size_t i = 0; i < CLIENTS; i++)
		if (pthread_create(&clients[i].thread, NULL, submit_some,
			&clients[i]) != 0)
			bail("no thread");
	while (!has_file(folder, "lock"))
		(void)usleep(1000);
	(void)raise(number);
	join();
	is_int(server.rc, 0, number == SIGINT ? "SIGINT" : "SIGTERM");
	for (size_t i = 0; i < CLIENTS; i++) {
		(void)pthread_join(clients[i].thread, NULL);
		created += clients[i].created;
	}
	must(log_local_verify(&size, folder, &err), "verify");
	ok(size >= created, "%d acknowledged, %d logged", (int)created,
	    (int)size);
	remove_all(folder);
}

static void
test_addresses(void)
{
	static const struct {
		const char *address;
		int code;
	} cases[] = {
	    {"", VEXLOG_MISUSE},
	    {"host", VEXLOG_MISUSE},
	    {"127.0.0.1:", VEXLOG_MISUSE},
	    {"127.0.0.1:65536", VEXLOG_MISUSE},
	    {"127.0.0.1:08", VEXLOG_MISUSE},
	    {"::1", VEXLOG_MISUSE},
	    {"::1:80", VEXLOG_MISUSE},
	    {"192.0.2.1:0", VEXLOG_IO},
	};
	const char *folder = make_tiles(0);
	char taken[128];
	const struct log_serve_options second = {
	    .folder = folder, .listen = taken, .stop_fd = -1};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start(folder, cases[i].address, false);
		join();
		is_int(server.rc, cases[i].code, cases[i].address);
	}
	start(folder, ":0", false);
	ok(text_starts(server.url, "http://127.0.0.1:"), "a port alone");
	(void)snprintf(
	    taken, sizeof(taken), "%.100s", server.url + strlen("http://"));
	is_int(log_serve(&second, &err), VEXLOG_IO, "a port that is taken");
	is_int(err.os_errno, EADDRINUSE, "says so");
	stop();
	start(folder, "localhost:0", false);
	is_int(server.ready, true, "localhost");
	stop();
	remove_all(folder);
	start("/nonexistent", NULL, false);
	join();
	is_int(server.rc, VEXLOG_NOT_FOUND, "no log");
	folder = make_tiles(3);
	flip(folder, "tile/0/000.p/3", 5);
	start(folder, NULL, false);
	join();
	is_int(server.rc, VEXLOG_BAD_PROOF, "a damaged log");
	remove_all(folder);
}

/* A request under failing allocations: an answer or NO_MEMORY. */
static void
test_no_memory(void)
{
	struct vexlog_bytes request = request_of(requests), body;
	int failed = 0;

	for (long n = 1;; n++) {
		bool fired;
		int rc;
		arena_fail_in = n;
		rc = log_request_read(&body, arena, NULL, request, &err);
		fired = arena_fail_in == 0;
		arena_fail_in = 0;
		failed += rc != 0;
		if (rc != 0 && rc != VEXLOG_NO_MEMORY && rc != VEXLOG_REFUSED)
			ok(false, "allocation %ld: %s", n, err.message);
		if (!fired)
			break;
	}
	ok(failed > 4, "%d allocations of a request", failed);
}

int
main(void)
{
	const char *folder;

	if ((arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		bail("no memory");
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	make_requests();
	folder = make_tiles(0);
	test_recorded(folder);
	remove_all(folder);
	test_reading();
	test_read_only();
	test_client("rekor2+");
	test_client("rekor+");
	test_many();
	test_full_disk();
	test_signal(SIGTERM);
	test_signal(SIGINT);
	test_addresses();
	test_no_memory();
	key_close(signer);
	curl_global_cleanup();
	vexlog_arena_close(arena);
	return tap_done();
}
