/*
 * http.c - see http.h. Beside curl.c, which loads it, the only file that knows
 * libcurl.
 */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "tlog/curl.h"
#include "tlog/http.h"

#define HTTP_ARENA_MAX                                                         \
	(1 * MIB) /* the handle's own; answers live elsewhere                  \
		   */

struct http {
	struct vexlog_arena *arena;
	CURLM *multi;
	struct curl_slist *headers; /* of a POST */
	char base[HTTP_URL_MAX];    /* shown */
	char secret[HTTP_URL_MAX];  /* with credentials, asked */
	char host[256];
	bool tls;
	int timeout_ms;
	/* Idle easy handles, each with its settings made: a handle keeps its
	 * caches, so using it again saves about 10 µs and an allocation. */
	CURL *idle[HTTP_IN_FLIGHT_MAX];
	size_t idle_count;
};

/* One request under way. */
struct transfer {
	struct http *http;
	const struct http_request *request;
	struct http_answer *answer;
	struct vexlog_arena *arena;
	struct buffer body;
	CURL *easy;
	struct curl_slist *headers; /* of a GET, with its Accept */
	int redirects;
	bool too_large;
	char reason[CURL_ERROR_SIZE];
};

/* ---- URLs ---------------------------------------------------------------- */

/* One part of a parsed URL, or "" where it has none. */
static bool
part_of(char *out, size_t size, CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	bool fits = true;

	out[0] = '\0';
	if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
		return true;
	fits = strlen(text) < size;
	if (fits)
		memcpy(out, text, strlen(text) + 1);
	curl_free(text);
	return fits;
}

bool
http_same_server(const char *a, const char *b)
{
	char text[2][3][512];
	const char *both[2] = {a, b};
	struct vexlog_err ignored;
	bool fine = curl_open(&ignored) == 0;
	int i;

	for (i = 0; i < 2 && fine; i++) {
		CURLU *url = curl_url();

		fine = url != NULL &&
		    curl_url_set(url, CURLUPART_URL, both[i], 0) == CURLUE_OK &&
		    part_of(text[i][0], 512, url, CURLUPART_SCHEME, 0) &&
		    part_of(text[i][1], 512, url, CURLUPART_HOST, 0) &&
		    part_of(text[i][2], 512, url, CURLUPART_PORT,
			CURLU_DEFAULT_PORT);
		curl_url_cleanup(url);
	}
	return fine && text_same(text[0][0], text[1][0]) &&
	    curl_strequal(text[0][1], text[1][1]) &&
	    text_same(text[0][2], text[1][2]);
}

/* Splits the base URL; what may not be in one is MISUSE. */
static int
base_read(
    struct http *http, CURLU *url, const char *base, struct vexlog_err *err)
{
	char part[HTTP_URL_MAX];
	size_t size;

	if (!text_starts(base, "http://") && !text_starts(base, "https://"))
		return err_set(err, VEXLOG_MISUSE,
		    "a log's address begins with http:// or https://");
	if (curl_url_set(url, CURLUPART_URL, base, 0) != CURLUE_OK)
		return err_set(err, VEXLOG_MISUSE, "this is no valid URL");
	if (!part_of(part, sizeof part, url, CURLUPART_QUERY, 0) ||
	    part[0] != '\0' ||
	    !part_of(part, sizeof part, url, CURLUPART_FRAGMENT, 0) ||
	    part[0] != '\0')
		return err_set(err, VEXLOG_MISUSE,
		    "a log's address has no \"?\" and no \"#\"");
	if (!part_of(
		http->secret, sizeof http->secret, url, CURLUPART_URL, 0) ||
	    !part_of(http->host, sizeof http->host, url, CURLUPART_HOST, 0))
		return err_set(err, VEXLOG_MISUSE, "the URL is too long");
	(void)curl_url_set(url, CURLUPART_USER, NULL, 0);
	(void)curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
	(void)part_of(http->base, sizeof http->base, url, CURLUPART_URL, 0);
	for (size = strlen(http->base);
	     size > 0 && http->base[size - 1] == '/';)
		http->base[--size] = '\0';
	for (size = strlen(http->secret);
	     size > 0 && http->secret[size - 1] == '/';)
		http->secret[--size] = '\0';
	size = strlen(http->host);
	if (size > 2 && http->host[0] == '[') {
		memmove(http->host, http->host + 1, size - 2);
		http->host[size - 2] = '\0';
	}
	http->tls = text_starts(base, "https://");
	return 0;
}

/* ---- the handle ---------------------------------------------------------- */

int
http_open(
    struct http **out, const char *base, int timeout_ms, struct vexlog_err *err)
{
	struct vexlog_arena *arena;
	struct http *http;
	CURLU *url;
	int rc;

	if (base == NULL)
		return err_set(err, VEXLOG_MISUSE, "a log needs an address");
	if ((rc = curl_open(err)) != 0)
		return rc;
	arena = vexlog_arena_open(HTTP_ARENA_MAX);
	http = arena == NULL ? NULL : arena_zero(arena, sizeof *http, err);
	if (http == NULL) {
		vexlog_arena_close(arena);
		return err_memory(err);
	}
	http->arena = arena;
	http->timeout_ms = timeout_ms > 0 ? timeout_ms : HTTP_TIMEOUT_DEFAULT;
	url = curl_url();
	http->multi = curl_multi_init();
	http->headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	/* Asking for leave first ("100-continue") would cost a round trip. */
	if (url == NULL || http->multi == NULL || http->headers == NULL ||
	    curl_slist_append(http->headers, "Accept: application/json") ==
		NULL ||
	    curl_slist_append(http->headers, "Expect:") == NULL)
		rc = err_memory(err);
	else
		rc = base_read(http, url, base, err);
	curl_url_cleanup(url);
	if (rc != 0) {
		http_close(http);
		return rc;
	}
	(void)curl_multi_setopt(
	    http->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_IN_FLIGHT_MAX);
	(void)curl_multi_setopt(http->multi, CURLMOPT_MAX_CONCURRENT_STREAMS,
	    (long)HTTP_IN_FLIGHT_MAX);
	*out = http;
	return 0;
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	while (http->idle_count > 0)
		curl_easy_cleanup(http->idle[--http->idle_count]);
	if (http->multi != NULL)
		(void)curl_multi_cleanup(http->multi);
	curl_slist_free_all(http->headers);
	vexlog_arena_close(http->arena);
}

const char *
http_base(const struct http *http)
{
	return http->base;
}

const char *
http_host(const struct http *http)
{
	return http->host;
}

int
http_timeout(const struct http *http)
{
	return http->timeout_ms;
}

/* ---- one transfer -------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t count, void *context)
{
	struct transfer *t = context;

	/* libcurl: size is always 1 */
	(void)size;
	if (t->body.size + count > t->request->answer_max) {
		t->too_large = true;
		return 0;
	}
	buffer_bytes(&t->body, data, count);
	return t->body.failed == 0 ? count : 0;
}

/* OpenSSL's own certificate places beside libcurl's built-in one, so that
 * SSL_CERT_FILE and SSL_CERT_DIR work as for every other program. */
static CURLcode
on_tls(CURL *easy, void *tls, void *context)
{
	(void)easy;
	(void)context;
	return SSL_CTX_set_default_verify_paths(tls) == 1
	    ? CURLE_OK
	    : CURLE_SSL_CACERT_BADFILE;
}

/* A handle with all that is the same for every request; NULL: no memory. */
static CURL *
easy_take(struct http *http)
{
	CURL *easy;
	bool fine;

	if (http->idle_count > 0)
		return http->idle[--http->idle_count];
	easy = curl_easy_init();
	if (easy == NULL)
		return NULL;
	/* HTTP/2 only where TLS offers it: by prior knowledge or upgrade,
	 * libcurl 7.88 fails on the second request of a connection. */
	fine = curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
		   (long)CURL_HTTP_VERSION_2TLS) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, http->tls ? 1L : 0L) ==
		CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") ==
		CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SSLVERSION,
		(long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)HTTP_CONNECT_TIMEOUT) == CURLE_OK &&
	    curl_easy_setopt(
		easy, CURLOPT_TIMEOUT_MS, (long)http->timeout_ms) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_USERAGENT,
		"vexlog/" VEXLOG_VERSION) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK;
	/* Built without gzip or with another TLS library: go without. */
	(void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	(void)curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	if (fine)
		return easy;
	curl_easy_cleanup(easy);
	return NULL;
}

static void
easy_give_back(struct http *http, CURL *easy)
{
	if (http->idle_count < HTTP_IN_FLIGHT_MAX)
		http->idle[http->idle_count++] = easy;
	else
		curl_easy_cleanup(easy);
}

/* Puts a transfer to url on its way. */
static int
transfer_start(struct transfer *t, const char *url, struct vexlog_err *err)
{
	const struct http_request *request = t->request;
	CURL *easy = t->easy;
	bool fine;

	t->too_large = false;
	t->reason[0] = '\0';
	buffer_open(&t->body, t->arena, request->answer_max + 1);
	fine = curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->reason) == CURLE_OK;
	if (request->body.size > 0)
		fine = fine &&
		    curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
			request->body.data) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)request->body.size) == CURLE_OK &&
		    curl_easy_setopt(
			easy, CURLOPT_HTTPHEADER, t->http->headers) == CURLE_OK;
	else
		fine = fine &&
		    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
		    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers) ==
			CURLE_OK;
	if (!fine || curl_multi_add_handle(t->http->multi, easy) != CURLM_OK)
		return err_memory(err);
	return 0;
}

/* Makes the transfer and starts it. */
static int
transfer_open(struct transfer *t, struct http *http, struct vexlog_arena *arena,
    const struct http_request *request, struct http_answer *answer,
    struct vexlog_err *err)
{
	char url[2 * HTTP_URL_MAX], accept[128];

	memset(t, 0, sizeof *t);
	t->http = http;
	t->arena = arena;
	t->request = request;
	t->answer = answer;
	memset(answer, 0, sizeof *answer);
	answer->why = "";
	if (request->path[0] != '/' || strlen(request->path) >= HTTP_URL_MAX)
		return err_set(err, VEXLOG_MISUSE, "not a path: \"%.200s\"",
		    request->path);
	t->easy = easy_take(http);
	if (t->easy == NULL)
		return err_memory(err);
	if (request->accept != NULL) {
		(void)snprintf(
		    accept, sizeof accept, "Accept: %s", request->accept);
		t->headers = curl_slist_append(NULL, accept);
		if (t->headers == NULL) {
			easy_give_back(http, t->easy);
			t->easy = NULL;
			return err_memory(err);
		}
	}
	(void)snprintf(url, sizeof url, "%s%s", http->secret, request->path);
	return transfer_start(t, url, err);
}

static void
transfer_close(struct transfer *t)
{
	if (t->easy == NULL)
		return;
	(void)curl_multi_remove_handle(t->http->multi, t->easy);
	easy_give_back(t->http, t->easy);
	curl_slist_free_all(t->headers);
	t->easy = NULL;
	t->headers = NULL;
}

/* A header's value in the arena, NULL when there is none. */
static int
header_take(const char **out, struct transfer *t, const char *name,
    struct vexlog_err *err)
{
	struct curl_header *header;
	char *text;

	*out = NULL;
	if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header) !=
	    CURLHE_OK)
		return 0;
	if (text_utf8_valid(header->value, strlen(header->value)) !=
	    strlen(header->value))
		return 0;
	text = arena_copy(t->arena, header->value, err);
	if (text == NULL)
		return err->code;
	*out = text;
	return 0;
}

/* Why no answer came, in libcurl's words. */
static int
transfer_failed(struct transfer *t, CURLcode result, struct vexlog_err *err)
{
	struct http_answer *answer = t->answer;
	const char *reason =
	    t->reason[0] != '\0' ? t->reason : curl_easy_strerror(result);

	if (t->body.failed == VEXLOG_NO_MEMORY || result == CURLE_OUT_OF_MEMORY)
		return err_memory(err);
	answer->failed = t->too_large ? VEXLOG_LIMIT : VEXLOG_UNREACHABLE;
	if (t->body.failed == VEXLOG_LIMIT)
		return err_set(err, VEXLOG_LIMIT,
		    "the answers do not fit the memory of this job");
	answer->why = t->too_large
	    ? arena_print(t->arena, err, "the answer is larger than %zu bytes",
		  t->request->answer_max)
	    : arena_copy(t->arena, reason, err);
	return answer->why == NULL ? err->code : 0;
}

/*
 * A redirect: followed on the same server with the same method and body,
 * refused elsewhere: whoever answers for the log's address must answer it.
 * 1: under way again.
 */
static int
transfer_redirect(struct transfer *t, struct vexlog_err *err)
{
	char target[HTTP_URL_MAX];
	char *url = NULL;
	const char *text;

	(void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &url);
	if (url == NULL)
		return 0;
	if (strlen(url) < sizeof target && t->redirects < HTTP_REDIRECTS_MAX &&
	    http_same_server(url, t->http->base)) {
		t->redirects++;
		(void)snprintf(target, sizeof target, "%s", url);
		(void)curl_multi_remove_handle(t->http->multi, t->easy);
		return transfer_start(t, target, err) == 0 ? 1 : err->code;
	}
	text = t->redirects == HTTP_REDIRECTS_MAX
	    ? "it redirects in circles"
	    : arena_print(
		  t->arena, err, "it redirects to another server, %.200s", url);
	if (text == NULL)
		return err->code;
	t->answer->failed = VEXLOG_REFUSED;
	t->answer->why = text;
	return 0;
}

/* Fills the answer. 1: a redirect, and the transfer is under way again. */
static int
transfer_finish(struct transfer *t, CURLcode result, struct vexlog_err *err)
{
	struct http_answer *answer = t->answer;
	const char *date = NULL, *age = NULL;
	long status = 0;
	curl_off_t wait = 0;
	int rc;

	if (result != CURLE_OK)
		return transfer_failed(t, result, err);
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 300 && status < 400) {
		rc = transfer_redirect(t, err);
		if (rc != 0 || answer->failed != 0)
			return rc;
	}
	(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait);
	answer->status = (int)status;
	answer->retry_after = wait < 0    ? 0
	    : wait > HTTP_RETRY_AFTER_MAX ? HTTP_RETRY_AFTER_MAX
					  : (int64_t)wait;
	rc = header_take(&date, t, "Date", err);
	if (rc == 0)
		rc = header_take(&age, t, "Age", err);
	/* a cached answer tells when it was cached */
	if (rc == 0 && date != NULL && age == NULL &&
	    curl_getdate(date, NULL) > 0)
		answer->date = curl_getdate(date, NULL);
	if (rc == 0)
		rc = buffer_finish(&t->body, &answer->body, err);
	if (rc == 0)
		rc = header_take(&answer->location, t, "Location", err);
	if (rc == 0)
		rc = header_take(&answer->log_index, t, "X-Log-Index", err);
	return rc;
}

/* ---- many at once -------------------------------------------------------- */

/* Takes what is finished out of the multi handle; *under_way counts down. */
static int
collect(struct http *http, size_t *under_way, struct vexlog_err *err)
{
	struct CURLMsg *message;
	int left, rc;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		struct transfer *t = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		rc = transfer_finish(t, message->data.result, err);
		if (rc == 1)
			continue;
		transfer_close(t);
		(*under_way)--;
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
http_ask(struct http_answer *answers, struct vexlog_arena *arena,
    struct http *http, const struct http_request *requests, size_t count,
    struct vexlog_err *err)
{
	struct transfer *list, *t;
	size_t started = 0, under_way = 0, before, i;
	size_t room = count < HTTP_IN_FLIGHT_MAX ? count : HTTP_IN_FLIGHT_MAX;
	int rc = 0, running;

	list = arena_list(arena, room == 0 ? 1 : room, sizeof *list, err);
	if (list == NULL)
		return err->code;
	while (rc == 0 && (started < count || under_way > 0)) {
		for (t = list; rc == 0 && t < list + room && started < count;
		     t++) {
			if (t->easy != NULL)
				continue;
			rc = transfer_open(t, http, arena, requests + started,
			    answers + started, err);
			started++;
			under_way++;
		}
		if (rc == 0 &&
		    curl_multi_perform(http->multi, &running) != CURLM_OK)
			rc = err_memory(err);
		before = under_way;
		if (rc == 0)
			rc = collect(http, &under_way, err);
		/* Nothing came: sleep until something does. */
		if (rc == 0 && under_way > 0 && under_way == before &&
		    running > 0 &&
		    curl_multi_poll(http->multi, NULL, 0, 1000, NULL) !=
			CURLM_OK)
			rc = err_memory(err);
	}
	for (i = 0; i < room; i++)
		transfer_close(list + i);
	return rc;
}
