/*
 * pem.h - the one PEM block of a text.
 */
#ifndef VEXLOG_SIGN_PEM_H
#define VEXLOG_SIGN_PEM_H

#include "base/arena.h"

struct pem {
	char *label; /* "PUBLIC KEY" */
	uint8_t *data;
	long size;
};

/* errors   SYNTAX (none, or a second one behind it), LIMIT, NO_MEMORY */
int pem_read(struct pem *out, struct vexlog_bytes text, struct vexlog_err *err);
/* Wipes the data; once for each pem_read that gave 0. */
void pem_close(struct pem *pem);

#endif
