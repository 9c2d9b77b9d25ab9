/*
 * loopback.h - a small HTTP/1.1 server on 127.0.0.1 in threads of the test,
 * that answers what the test's own function says, rightly or wrongly: cut
 * off, dripping, hanging, or whole bytes as they were recorded.
 *
 * One thread a connection; the function is called by one at a time.
 */
#ifndef VEXLOG_TESTS_LOOPBACK_H
#define VEXLOG_TESTS_LOOPBACK_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOOPBACK_CONNECTIONS 512
#define LOOPBACK_REQUEST_MAX (1 << 20)

struct loopback_request {
	char method[16];
	char path[2048];
	const char *head; /* all of it, with a NUL */
	const char *body;
	size_t body_size;
};

struct loopback_reply {
	char *data; /* the bytes on the wire, freed by the server */
	size_t size;
	size_t send; /* only so many of them, then cut; SIZE_MAX: all */
	bool hang;   /* no answer until the server closes */
	int drip_ms; /* a byte, a pause, a byte, … */
};

typedef void loopback_answer(
    struct loopback_reply *, const struct loopback_request *, void *context);

struct loopback {
	int fd, port;
	char url[64];
	loopback_answer *answer;
	void *context;
	SSL_CTX *tls; /* NULL: plain */
	pthread_t thread;
	pthread_mutex_t lock;
	bool closing;
	size_t connections; /* ever opened */
	size_t open, open_peak;
	size_t requests;
	struct loopback_connection {
		struct loopback *server;
		pthread_t thread;
		int fd;
		bool used;
	} list[LOOPBACK_CONNECTIONS];
};

/* Status line, headers and a body, put together as a server would. */
__attribute__((format(printf, 5, 6), unused)) static void
loopback_say(struct loopback_reply *reply, int status, const void *body,
    size_t body_size, const char *headers, ...)
{
	char head[4096];
	va_list ap;
	int n;

	n = snprintf(head, sizeof head,
	    "HTTP/1.1 %d Some Words\r\nContent-Length: %zu\r\n", status,
	    body_size);
	va_start(ap, headers);
	n += vsnprintf(head + n, sizeof head - (size_t)n, headers, ap);
	va_end(ap);
	n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
	reply->size = (size_t)n + body_size;
	reply->data = malloc(reply->size);
	if (reply->data == NULL)
		abort();
	memcpy(reply->data, head, (size_t)n);
	if (body_size > 0)
		memcpy(reply->data + n, body, body_size);
}

__attribute__((unused)) static void
loopback_text(struct loopback_reply *reply, int status, const char *body)
{
	loopback_say(reply, status, body, strlen(body), "%s", "");
}

static bool
loopback_closing(struct loopback *server)
{
	bool closing;

	(void)pthread_mutex_lock(&server->lock);
	closing = server->closing;
	(void)pthread_mutex_unlock(&server->lock);
	return closing;
}

static ssize_t
loopback_get(int fd, SSL *tls, void *data, size_t size)
{
	return tls != NULL ? SSL_read(tls, data, (int)size)
			   : recv(fd, data, size, 0);
}

static bool
loopback_put(int fd, SSL *tls, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = tls != NULL ? SSL_write(tls, data, (int)size)
					: send(fd, data, size, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static bool
loopback_send(struct loopback *server, int fd, SSL *tls,
    const struct loopback_reply *reply)
{
	struct timespec pause = {0, 0};
	size_t size = reply->send < reply->size ? reply->send : reply->size;
	size_t i;

	if (reply->drip_ms == 0)
		return loopback_put(fd, tls, reply->data, size);
	pause.tv_nsec = (long)reply->drip_ms * 1000000;
	for (i = 0; i < size; i++) {
		if (loopback_closing(server) ||
		    !loopback_put(fd, tls, reply->data + i, 1))
			return false;
		(void)nanosleep(&pause, NULL);
	}
	return true;
}

/* One request into buffer; false when the other side is done. */
static bool
loopback_take(struct loopback_request *request, int fd, SSL *tls, char *buffer)
{
	size_t have = 0, head = 0;
	const char *length;
	char *end;

	request->body_size = 0;
	for (;;) {
		ssize_t n;

		buffer[have] = '\0';
		end = head == 0 ? strstr(buffer, "\r\n\r\n") : NULL;
		if (end != NULL) {
			head = (size_t)(end - buffer) + 4;
			end[2] = '\0';
			length = strcasestr(buffer, "\r\nContent-Length:");
			if (length != NULL)
				request->body_size =
				    strtoul(length + 17, NULL, 10);
			if (head + request->body_size > LOOPBACK_REQUEST_MAX)
				return false;
		}
		if (head > 0 && have >= head + request->body_size)
			break;
		n = loopback_get(
		    fd, tls, buffer + have, LOOPBACK_REQUEST_MAX - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	buffer[head + request->body_size] = '\0';
	request->head = buffer;
	request->body = buffer + head;
	return sscanf(buffer, "%15s %2047s", request->method, request->path) ==
	    2;
}

static void *
loopback_connection(void *context)
{
	struct loopback_connection *connection = context;
	struct loopback *server = connection->server;
	struct loopback_request request;
	struct loopback_reply reply;
	char *buffer = malloc(LOOPBACK_REQUEST_MAX + 1), byte;
	SSL *tls = NULL;
	bool more = buffer != NULL;

	if (server->tls != NULL) {
		tls = SSL_new(server->tls);
		more = more && tls != NULL &&
		    SSL_set_fd(tls, connection->fd) == 1 &&
		    SSL_accept(tls) == 1;
	}
	while (more && loopback_take(&request, connection->fd, tls, buffer)) {
		memset(&reply, 0, sizeof reply);
		reply.send = SIZE_MAX;
		(void)pthread_mutex_lock(&server->lock);
		server->requests++;
		server->answer(&reply, &request, server->context);
		(void)pthread_mutex_unlock(&server->lock);
		more = reply.hang
		    ? recv(connection->fd, &byte, 1, MSG_PEEK) > 0 &&
			loopback_closing(server)
		    : loopback_send(server, connection->fd, tls, &reply) &&
			reply.send >= reply.size;
		free(reply.data);
	}
	SSL_free(tls);
	free(buffer);
	(void)pthread_mutex_lock(&server->lock);
	(void)shutdown(connection->fd, SHUT_RDWR);
	server->open--;
	(void)pthread_mutex_unlock(&server->lock);
	return NULL;
}

static void *
loopback_main(void *context)
{
	struct loopback *server = context;
	const int yes = 1;

	for (;;) {
		struct loopback_connection *connection;
		int fd = accept(server->fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		(void)setsockopt(
		    fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		(void)pthread_mutex_lock(&server->lock);
		if (server->closing ||
		    server->connections == LOOPBACK_CONNECTIONS) {
			(void)pthread_mutex_unlock(&server->lock);
			(void)close(fd);
			continue;
		}
		connection = server->list + server->connections++;
		connection->server = server;
		connection->fd = fd;
		if (++server->open > server->open_peak)
			server->open_peak = server->open;
		connection->used = pthread_create(&connection->thread, NULL,
				       loopback_connection, connection) == 0;
		(void)pthread_mutex_unlock(&server->lock);
	}
}

/* port 0: any; the one that a server closed before had may be given again */
__attribute__((unused)) static void
loopback_open(struct loopback *server, int port, SSL_CTX *tls,
    loopback_answer *answer, void *context)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof address;
	const int yes = 1;

	memset(server, 0, sizeof *server);
	server->answer = answer;
	server->context = context;
	server->tls = tls;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_mutex_init(&server->lock, NULL);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)port);
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	(void)setsockopt(
	    server->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(server->fd, (struct sockaddr *)&address, size) != 0 ||
	    listen(server->fd, 256) != 0 ||
	    getsockname(server->fd, (struct sockaddr *)&address, &size) != 0 ||
	    pthread_create(&server->thread, NULL, loopback_main, server) != 0) {
		perror("loopback server");
		abort();
	}
	server->port = ntohs(address.sin_port);
	(void)snprintf(server->url, sizeof server->url, "%s://127.0.0.1:%d",
	    tls != NULL ? "https" : "http", server->port);
}

__attribute__((unused)) static void
loopback_close(struct loopback *server)
{
	size_t i;

	(void)pthread_mutex_lock(&server->lock);
	server->closing = true;
	for (i = 0; i < server->connections; i++)
		(void)shutdown(server->list[i].fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&server->lock);
	(void)shutdown(server->fd, SHUT_RDWR);
	(void)pthread_join(server->thread, NULL);
	for (i = 0; i < server->connections; i++) {
		if (server->list[i].used)
			(void)pthread_join(server->list[i].thread, NULL);
		(void)close(server->list[i].fd);
	}
	(void)close(server->fd);
	(void)pthread_mutex_destroy(&server->lock);
}

#endif
