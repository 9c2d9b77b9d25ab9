/*
 * listen.h - a socket that listens where a text says.
 */
#ifndef VEXLOG_SERVER_LISTEN_H
#define VEXLOG_SERVER_LISTEN_H

#include "base/err.h"

struct listen_socket {
	int fd; /* the caller's */
	bool ipv6;
	char url[128]; /* "http://127.0.0.1:8080", with the port it got */
};

/*
 * "8080" and ":8080" are on 127.0.0.1; "host:8080" and "[::1]:8080" say
 * where; port 0 is a free one; NULL is "0".
 *
 * errors   MISUSE (no such form), NOT_FOUND (no such host), IO (the address
 *          is taken, no right to it)
 */
int listen_open(
    struct listen_socket *out, const char *address, struct vexlog_err *err);

#endif
