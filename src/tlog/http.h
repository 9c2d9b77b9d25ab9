/*
 * http.h - ask one server several things at once, over libcurl.
 *
 * One handle, one server: connections stay open between calls. TLS is
 * verified, always. A redirect is followed on the same server and refused
 * elsewhere. Proxies (http_proxy, https_proxy, no_proxy) are libcurl's own
 * business, certificate folders (SSL_CERT_FILE, SSL_CERT_DIR) OpenSSL's.
 */
#ifndef VEXLOG_TLOG_HTTP_H
#define VEXLOG_TLOG_HTTP_H

#include "base/arena.h"

#define HTTP_TIMEOUT_DEFAULT 60000 /* ms, of one exchange */
#define HTTP_CONNECT_TIMEOUT 10000 /* ms */
#define HTTP_IN_FLIGHT_MAX   64
#define HTTP_REDIRECTS_MAX   3
#define HTTP_URL_MAX         2048
#define HTTP_RETRY_AFTER_MAX 86400 /* seconds we let a server ask for */

struct http;

struct http_request {
	const char *path;         /* behind the base URL, "/api/…" */
	const char *accept;       /* NULL: anything */
	struct vexlog_bytes body; /* size 0: GET, else POST of JSON */
	size_t answer_max;        /* bytes, decompressed */
};

struct http_answer {
	int status; /* 0: none came, failed and why say the reason */
	/* UNREACHABLE (no connection, cut off, too slow), LIMIT (larger than
	 * answer_max), REFUSED (a redirect elsewhere), NO_MEMORY; 0 with a
	 * status */
	int failed;
	const char *why;          /* one line; "" with a status */
	struct vexlog_bytes body; /* a NUL behind it that size leaves out */
	const char *location;     /* header, or NULL */
	const char *log_index;    /* header X-Log-Index, or NULL */
	int64_t retry_after;      /* seconds; 0: not said */
	int64_t date;             /* header of an answer that no cache gave, seconds
				   * since 1970; 0: none */
};

/*
 * base        "http(s)://host[:port][/path]"; a user and password in it are
 *             sent, and never shown
 * timeout_ms  of one exchange; 0: the default
 * errors      MISUSE (the URL)
 */
int http_open(struct http **out, const char *base, int timeout_ms,
    struct vexlog_err *err);
void http_close(struct http *http);
/* The base without credentials and without a last "/". */
const char *http_base(const struct http *http);
/* Host as in the URL, without port; an IPv6 address without brackets. */
const char *http_host(const struct http *http);
int http_timeout(const struct http *http);

/*
 * answers[i] answers requests[i]. At most HTTP_IN_FLIGHT_MAX are under way
 * at once. What a server does is in the answers and fails no call.
 *
 * errors   NO_MEMORY, MISUSE (a path that is none)
 */
int http_ask(struct http_answer *answers, struct vexlog_arena *arena,
    struct http *http, const struct http_request *requests, size_t count,
    struct vexlog_err *err);

/* True when two URLs have the same scheme, host and port. */
bool http_same_server(const char *a, const char *b);

#endif
