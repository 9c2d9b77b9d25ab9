/*
 * listen.c - see listen.h.
 */
#include "server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

#define BACKLOG 1024

struct place {
	char host[256];
	char port[8];
	bool bracketed;
};

static int
bad_address(const char *address, struct vexlog_err *err)
{
	err_set(err, VEXLOG_MISUSE, "\"%.100s\" is no address to listen at",
	    address);
	return err_hint(
	    err, "8080, 127.0.0.1:8080, [::1]:8080; port 0 takes a free one");
}

static int
split(struct place *out, const char *address, struct vexlog_err *err)
{
	const char *colon = strrchr(address, ':'), *host = address;
	const char *port = colon == NULL ? address : colon + 1;
	size_t size = colon == NULL ? 0 : (size_t)(colon - address);
	uint64_t number;

	out->bracketed = size > 2 && host[0] == '[' && host[size - 1] == ']';
	if (out->bracketed) {
		host++;
		size -= 2;
	}
	/* "::1" alone is neither a host nor a port */
	if ((!out->bracketed && memchr(host, ':', size) != NULL) ||
	    size >= sizeof(out->host) ||
	    !text_decimal(&number, port, strlen(port), 65535))
		return bad_address(address, err);
	memcpy(out->host, size == 0 ? "127.0.0.1" : host,
	    size == 0 ? sizeof("127.0.0.1") : size);
	if (size > 0)
		out->host[size] = '\0';
	(void)snprintf(out->port, sizeof(out->port), "%s", port);
	return 0;
}

static int
bind_one(int *out, const struct addrinfo *at, const char *address,
    struct vexlog_err *err)
{
	int fd = socket(
	    at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
	int on = 1;

	if (fd < 0)
		return err_system(err, "socket", address);
	/* a port is free again as soon as its server ends */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (at->ai_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		(void)err_system(err, "listen", address);
		(void)close(fd);
		return err->code;
	}
	*out = fd;
	return 0;
}

static int
name_it(struct listen_socket *out, const struct place *place,
    struct vexlog_err *err)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);
	unsigned port;

	if (getsockname(out->fd, (struct sockaddr *)&at, &size) != 0)
		return err_system(err, "getsockname", place->host);
	out->ipv6 = at.ss_family == AF_INET6;
	port = ntohs(out->ipv6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port
			       : ((struct sockaddr_in *)(void *)&at)->sin_port);
	(void)snprintf(out->url, sizeof(out->url),
	    place->bracketed ? "http://[%.80s]:%u" : "http://%.80s:%u",
	    place->host, port);
	return 0;
}

int
listen_open(
    struct listen_socket *out, const char *address, struct vexlog_err *err)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct listen_socket socket = {.fd = -1};
	struct addrinfo *list;
	struct place place;
	int rc;

	if (address == NULL)
		address = "0";
	if ((rc = split(&place, address, err)) != 0)
		return rc;
	rc = getaddrinfo(place.host, place.port, &hints, &list);
	if (rc != 0) {
		err_set(err, VEXLOG_NOT_FOUND, "no address for \"%.100s\": %s",
		    place.host, gai_strerror(rc));
		return err_hint(err, "listen at an address of this machine");
	}
	rc = bind_one(&socket.fd, list, address, err);
	freeaddrinfo(list);
	if (rc == 0 && (rc = name_it(&socket, &place, err)) != 0)
		(void)close(socket.fd);
	if (rc == 0)
		*out = socket;
	return rc;
}
