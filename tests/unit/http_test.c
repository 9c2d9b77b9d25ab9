/*
 * http_test.c - src/tlog/http.c against a server that answers well first,
 * then badly in one way at a time.
 */
#define _GNU_SOURCE
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "tests/loopback.h"
#include "tests/tap.h"
#include "tlog/http.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

/* What the server saw last. */
static char seen_head[4096], seen_body[4096], seen_method[16];
static char other_url[64]; /* of another server */

static void
say_gzip(struct loopback_reply *reply, size_t size)
{
	char *plain = calloc(1, size), *packed = malloc(size + 1024);
	z_stream z = {0};

	if (plain == NULL || packed == NULL ||
	    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, 0) != Z_OK)
		bail("zlib");
	memset(plain, 'a', size);
	z.next_in = (Bytef *)plain;
	z.avail_in = (uInt)size;
	z.next_out = (Bytef *)packed;
	z.avail_out = (uInt)size + 1024;
	(void)deflate(&z, Z_FINISH);
	loopback_say(
	    reply, 200, packed, z.total_out, "Content-Encoding: gzip\r\n");
	(void)deflateEnd(&z);
	free(plain);
	free(packed);
}

static void
answer(struct loopback_reply *reply, const struct loopback_request *request,
    void *context)
{
	const char *path = request->path;

	(void)context;
	(void)snprintf(seen_head, sizeof seen_head, "%s", request->head);
	(void)snprintf(seen_body, sizeof seen_body, "%s", request->body);
	(void)snprintf(seen_method, sizeof seen_method, "%s", request->method);
	if (strcmp(path, "/empty") == 0)
		loopback_text(reply, 200, "");
	else if (strcmp(path, "/moved") == 0)
		loopback_say(reply, 307, "", 0, "Location: /base/here\r\n");
	else if (strcmp(path, "/elsewhere") == 0)
		loopback_say(
		    reply, 302, "", 0, "Location: %s/x\r\n", other_url);
	else if (strcmp(path, "/circle") == 0)
		loopback_say(reply, 301, "", 0, "Location: /circle\r\n");
	else if (strcmp(path, "/large") == 0)
		loopback_say(reply, 200, path, 6, "X-Nothing: 1\r\n");
	else if (strcmp(path, "/gzip") == 0)
		say_gzip(reply, 100);
	else if (strcmp(path, "/bomb") == 0)
		say_gzip(reply, 10 * MIB);
	else if (strcmp(path, "/chunked") == 0) {
		reply->data = strdup("HTTP/1.1 200 OK\r\nTransfer-Encoding: "
				     "chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n");
		reply->size = strlen(reply->data);
	} else if (strcmp(path, "/hang") == 0)
		reply->hang = true;
	else if (strcmp(path, "/silent") == 0) {
		loopback_text(reply, 200, "never sent");
		reply->send = 0;
	} else if (strcmp(path, "/cut") == 0) {
		loopback_text(reply, 200, "the end is missing");
		reply->send = reply->size - 3;
	} else if (strcmp(path, "/drip") == 0) {
		loopback_text(reply, 200, "slow");
		reply->drip_ms = 50;
	} else if (strcmp(path, "/later") == 0)
		loopback_say(reply, 503, "", 0, "Retry-After: 17\r\n");
	else if (strcmp(path, "/much-later") == 0)
		loopback_say(reply, 429, "", 0, "Retry-After: 99999999999\r\n");
	else if (strcmp(path, "/dup") == 0)
		loopback_say(reply, 409, "", 0,
		    "Location: /somewhere\r\nX-Log-Index: 42\r\n");
	else if (strcmp(path, "/garbage") == 0) {
		reply->data = strdup("this is not HTTP\r\n\r\n");
		reply->size = strlen(reply->data);
		reply->send = reply->size - 1;
	} else
		loopback_text(reply, 200, path);
}

static struct http_answer
ask(struct http *http, const char *path, size_t max)
{
	struct http_request request = {.path = path, .answer_max = max};
	struct http_answer got = {0};

	is_int(http_ask(&got, arena, http, &request, 1, &err), 0, path);
	return got;
}

static void
test_good(struct loopback *server)
{
	struct http_request post = {
	    .path = "/post",
	    .body = {(const uint8_t *)"{\"a\":1}", 7},
	    .answer_max = 100,
	};
	struct http_answer got;
	struct http *http;
	char base[128];

	(void)snprintf(base, sizeof base,
	    "http://user:secret@127.0.0.1:%d/base/", server->port);
	is_int(http_open(&http, base, 0, &err), 0, "open");
	(void)snprintf(
	    base, sizeof base, "http://127.0.0.1:%d/base", server->port);
	is_text(http_base(http), base, "the base has no password");
	is_text(http_host(http), "127.0.0.1", "the host");
	got = ask(http, "/one", 100);
	is_int(got.status, 200, "status");
	is_text((const char *)got.body.data, "/base/one", "body");
	is_text(seen_method, "GET", "a GET");
	has_text(seen_head, "User-Agent: vexlog/", "it says who it is");
	has_text(seen_head,
	    "Authorization: Basic dXNlcjpzZWNyZXQ=", "the password is sent");
	is_int(http_ask(&got, arena, http, &post, 1, &err), 0, "POST");
	is_text(seen_method, "POST", "a POST");
	is_text(seen_body, "{\"a\":1}", "its body");
	has_text(seen_head, "Content-Type: application/json", "its type");
	ok(strstr(seen_head, "Expect:") == NULL, "asks for no leave first");
	got = ask(http, "/two", 100);
	is_text(seen_method, "GET", "a GET after a POST");
	is_int((int64_t)server->connections, 1, "all on one connection");
	http_close(http);
}

static void
test_headers(struct http *http)
{
	struct http_answer got = ask(http, "/dup", 100);

	is_int(got.status, 409, "409 is an answer");
	is_text(got.location, "/somewhere", "Location");
	is_text(got.log_index, "42", "X-Log-Index");
	is_int(got.retry_after, 0, "no Retry-After");
	got = ask(http, "/later", 100);
	is_int(got.retry_after, 17, "Retry-After");
	got = ask(http, "/much-later", 100);
	is_int(got.retry_after, HTTP_RETRY_AFTER_MAX, "Retry-After, capped");
	got = ask(http, "/empty", 100);
	is_int(got.status, 200, "an empty answer");
	is_int((int64_t)got.body.size, 0, "is empty");
}

static void
test_redirects(struct http *http)
{
	struct http_request post = {
	    .path = "/moved",
	    .body = {(const uint8_t *)"[1]", 3},
	    .answer_max = 100,
	};
	struct http_answer got = ask(http, "/moved", 100);

	is_int(got.status, 200, "a redirect on the same server is followed");
	is_text((const char *)got.body.data, "/base/here", "to its place");
	is_int(http_ask(&got, arena, http, &post, 1, &err), 0, "307 POST");
	is_text(seen_method, "POST", "stays a POST");
	is_text(seen_body, "[1]", "with its body");
	got = ask(http, "/elsewhere", 100);
	is_int(got.status, 0, "a redirect to another server is no answer");
	is_int(got.failed, VEXLOG_REFUSED, "and refused");
	has_text(got.why, other_url, "naming it");
	got = ask(http, "/circle", 100);
	is_int(got.failed, VEXLOG_REFUSED, "redirects in a circle end");
	has_text(got.why, "in circles", "and are named");
}

static void
test_sizes(struct http *http)
{
	struct http_answer got = ask(http, "/large", 6);

	is_int(got.status, 200, "as large as may be");
	got = ask(http, "/large", 5);
	is_int(got.failed, VEXLOG_LIMIT, "a byte more is too large");
	has_text(got.why, "larger than 5 bytes", "with the limit");
	got = ask(http, "/chunked", 6);
	is_text((const char *)got.body.data, "abcdef", "chunked");
	got = ask(http, "/chunked", 5);
	is_int(got.failed, VEXLOG_LIMIT, "chunked and too large");
	got = ask(http, "/gzip", 100);
	is_int((int64_t)got.body.size, 100, "gzip is unpacked");
	got = ask(http, "/bomb", MIB);
	is_int(got.failed, VEXLOG_LIMIT, "the limit is of unpacked bytes");
}

static void
test_failures(struct loopback *server)
{
	static const char *const paths[] = {
	    "/hang", "/silent", "/cut", "/drip", "/garbage"};
	struct http_answer got;
	struct http *http;
	struct loopback gone;
	char url[64];
	size_t i;

	is_int(http_open(&http, server->url, 400, &err), 0,
	    "a handle with a short time limit");
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		got = ask(http, paths[i], 100);
		is_int(got.status, 0, "no status");
		is_int(got.failed, VEXLOG_UNREACHABLE, "may work later");
		ok(got.why[0] != '\0', "why: %s", got.why);
	}
	got = ask(http, "/after", 100);
	is_int(got.status, 200, "the handle works on");
	http_close(http);

	loopback_open(&gone, 0, NULL, answer, NULL);
	(void)snprintf(url, sizeof url, "%s", gone.url);
	is_int(http_open(&http, url, 0, &err), 0, "another server");
	got = ask(http, "/one", 100);
	is_int(got.status, 200, "is there");
	loopback_close(&gone);
	got = ask(http, "/one", 100);
	is_int(got.failed, VEXLOG_UNREACHABLE, "is gone");
	loopback_open(&gone, gone.port, NULL, answer, NULL);
	got = ask(http, "/one", 100);
	is_int(got.status, 200, "and is back, on the same handle");
	http_close(http);
	loopback_close(&gone);
}

static void
test_many(struct loopback *server)
{
	enum { MANY = 300 };
	static struct http_request requests[MANY];
	static struct http_answer answers[MANY];
	static char paths[MANY][16];
	struct http *http;
	size_t i, right = 0, before;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(paths[i], sizeof paths[i], "/%zu", i);
		requests[i].path = paths[i];
		requests[i].answer_max = 100;
	}
	/* one in the middle fails and disturbs no other */
	requests[7].path = "/silent";
	before = server->connections;
	is_int(http_open(&http, server->url, 0, &err), 0, "open");
	is_int(http_ask(answers, arena, http, requests, MANY, &err), 0,
	    "300 requests at once");
	for (i = 0; i < MANY; i++)
		right += answers[i].status == 200 &&
		    strcmp((const char *)answers[i].body.data, paths[i]) == 0;
	is_int((int64_t)right, MANY - 1, "each gets its own answer");
	is_int(answers[7].failed, VEXLOG_UNREACHABLE, "but the one cut off");
	ok(server->connections - before <= HTTP_IN_FLIGHT_MAX + 2,
	    "at most 64 connections, one again for the one cut off");
	is_int(http_ask(answers, arena, http, requests, 0, &err), 0,
	    "no request at all");
	http_close(http);
}

static void
test_urls(void)
{
	static const struct {
		const char *url, *says;
	} bad[] = {
	    {"ftp://127.0.0.1/", "begins with http"},
	    {"127.0.0.1", "begins with http"},
	    {"", "begins with http"},
	    {"file:///etc/passwd", "begins with http"},
	    {"http://", "no valid URL"},
	    {"http://a b/", "no valid URL"},
	    {"http://127.0.0.1:99999/", "no valid URL"},
	    {"http://127.0.0.1/?a=b", "no \"?\""},
	    {"http://127.0.0.1/#a", "no \"?\""},
	};
	struct http_request request = {.path = "nothing", .answer_max = 1};
	struct http_answer got;
	struct http *http = NULL;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		is_int(http_open(&http, bad[i].url, 0, &err), VEXLOG_MISUSE,
		    bad[i].url);
		has_text(err.message, bad[i].says, "says why");
	}
	ok(http == NULL, "no handle came of them");
	is_int(http_open(&http, "https://[::1]:8443/log//", 5, &err), 0,
	    "an IPv6 address");
	is_text(http_host(http), "::1", "its host");
	is_text(http_base(http), "https://[::1]:8443/log", "its base");
	is_int(http_timeout(http), 5, "its time limit");
	is_int(http_ask(&got, arena, http, &request, 1, &err), VEXLOG_MISUSE,
	    "a path begins with /");
	http_close(http);
	http_close(NULL);
	ok(http_same_server("http://a/x", "http://A:80/y"), "same server");
	ok(!http_same_server("http://a/", "https://a/"), "other scheme");
	ok(!http_same_server("http://a/", "http://a:81/"), "other port");
	ok(!http_same_server("http://a/", "http://b/"), "other host");
	ok(!http_same_server("http://a@b/", "http://a/"), "a user is no host");
}

/* A certificate for 127.0.0.1 that signs itself; its PEM into path. */
static SSL_CTX *
self_signed(const char *path)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
	X509_EXTENSION *san = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	FILE *file = fopen(path, "w");

	if (key == NULL || x == NULL || tls == NULL || san == NULL ||
	    file == NULL)
		bail("cannot make a certificate");
	(void)X509_set_version(x, X509_VERSION_3);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	(void)X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)"loopback", -1, -1, 0);
	(void)X509_set_issuer_name(x, X509_get_subject_name(x));
	(void)X509_set_pubkey(x, key);
	(void)X509_add_ext(x, san, -1);
	if (X509_sign(x, key, EVP_sha256()) == 0 ||
	    SSL_CTX_use_certificate(tls, x) != 1 ||
	    SSL_CTX_use_PrivateKey(tls, key) != 1 ||
	    PEM_write_X509(file, x) != 1)
		bail("cannot make a certificate");
	(void)fclose(file);
	X509_EXTENSION_free(san);
	X509_free(x);
	EVP_PKEY_free(key);
	return tls;
}

static void
test_tls(void)
{
	char path[] = "/tmp/vexlog-http-test-XXXXXX";
	int fd = mkstemp(path);
	struct loopback server;
	struct http_answer got;
	struct http *http;
	SSL_CTX *tls;
	char url[64];

	if (fd < 0)
		bail("mkstemp");
	(void)close(fd);
	tls = self_signed(path);
	loopback_open(&server, 0, tls, answer, NULL);
	is_int(http_open(&http, server.url, 0, &err), 0, "https");
	got = ask(http, "/one", 100);
	is_int(got.failed, VEXLOG_UNREACHABLE,
	    "a certificate that nobody vouches for");
	has_text(got.why, "certificate", "is named");
	is_int((int64_t)server.requests, 0, "and no request was sent");
	http_close(http);

	(void)setenv("SSL_CERT_FILE", path, 1);
	is_int(http_open(&http, server.url, 0, &err), 0, "https again");
	got = ask(http, "/one", 100);
	is_int(got.status, 200, "SSL_CERT_FILE vouches for it");
	http_close(http);
	(void)snprintf(url, sizeof url, "https://localhost:%d", server.port);
	is_int(http_open(&http, url, 0, &err), 0, "by another name");
	got = ask(http, "/one", 100);
	is_int(got.failed, VEXLOG_UNREACHABLE, "a certificate of another name");
	http_close(http);
	(void)unsetenv("SSL_CERT_FILE");
	loopback_close(&server);
	SSL_CTX_free(tls);
	(void)unlink(path);
}

/* The environment names the proxy, and who needs none. */
static void
test_proxy(struct loopback *server)
{
	struct http_request request = {.path = "/x", .answer_max = 1000};
	struct http_answer got;
	struct http *http;

	(void)setenv("http_proxy", server->url, 1);
	is_int(http_open(&http, "http://log.invalid", 0, &err), 0, "open");
	is_int(http_ask(&got, arena, http, &request, 1, &err), 0, "ask");
	has_text(seen_head, "GET http://log.invalid/x ",
	    "http_proxy is asked for the whole address");
	http_close(http);
	(void)setenv("no_proxy", "log.invalid", 1);
	seen_head[0] = '\0';
	is_int(http_open(&http, "http://log.invalid", 0, &err), 0, "open");
	is_int(http_ask(&got, arena, http, &request, 1, &err), 0, "ask");
	ok(got.status == 0 && seen_head[0] == '\0',
	    "no_proxy: not asked (%s)", got.why);
	http_close(http);
	(void)unsetenv("http_proxy");
	(void)unsetenv("no_proxy");
}

static void
test_memory(struct loopback *server)
{
	struct http_request request = {
	    .path = "/gzip",
	    .accept = "text/plain",
	    .answer_max = 1000,
	};
	struct http_answer got;
	struct http *http;
	bool done = false;
	long n;

	for (n = 1; n < 1000 && !done; n++) {
		int rc;

		arena_fail_in = n;
		rc = http_open(&http, server->url, 0, &err);
		if (rc == 0) {
			rc = http_ask(&got, arena, http, &request, 1, &err);
			http_close(http);
		}
		done = rc == 0 && arena_fail_in > 0;
		if (rc != 0 && rc != VEXLOG_NO_MEMORY)
			break;
	}
	arena_fail_in = 0;
	ok(done, "each of %ld allocations may fail", n - 2);
}

int
main(void)
{
	struct loopback server, other;
	struct http *http;

	arena = vexlog_arena_open(256 * MIB);
	if (arena == NULL)
		bail("no memory");
	loopback_open(&server, 0, NULL, answer, NULL);
	loopback_open(&other, 0, NULL, answer, NULL);
	(void)snprintf(other_url, sizeof other_url, "%s", other.url);
	test_good(&server);
	is_int(http_open(&http, server.url, 0, &err), 0, "open");
	test_headers(http);
	test_redirects(http);
	is_int((int64_t)other.requests, 0, "the other server was not asked");
	test_sizes(http);
	http_close(http);
	test_failures(&server);
	test_many(&server);
	test_urls();
	test_tls();
	test_proxy(&server);
	test_memory(&server);
	loopback_close(&server);
	loopback_close(&other);
	vexlog_arena_close(arena);
	return tap_done();
}
