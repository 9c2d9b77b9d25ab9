/*
 * owner.h - who holds a lease: "host:pid:start", so that a worker that was
 * killed is known to be gone before its lease is over.
 */
#ifndef VEXLOG_FLOW_OWNER_H
#define VEXLOG_FLOW_OWNER_H

#include <stdbool.h>
#include <stddef.h>

#define OWNER_TEXT 300 /* bytes for owner_name */

/* Of this process. */
void owner_name(char *out, size_t size);
/* A worker of this host whose process is gone; false where that can't be
 * known. context: owner_name of this process. */
bool owner_gone(const char *owner, void *context);

#endif
