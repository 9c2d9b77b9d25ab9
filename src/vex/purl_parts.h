/*
 * purl_parts.h - what purl.c and purl_read.c share.
 */
#ifndef VEXLOG_VEX_PURL_PARTS_H
#define VEXLOG_VEX_PURL_PARTS_H

#include <string.h>

#include "vex/purl.h"

static inline bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline int
purl_refuse(struct vexlog_err *err, const char *what)
{
	return err_set(err, VEXLOG_SHAPE, "not a purl: %s", what);
}

/* A piece of the text that is not copied yet. */
struct piece {
	const char *at;
	size_t size;
};

/* Up to the first byte c, which is taken too; false at the end. */
static inline bool
next_part(struct piece *in, char c, struct piece *part)
{
	if (in->at == NULL)
		return false;
	const char *stop = memchr(in->at, c, in->size);
	part->at = in->at;
	if (stop == NULL) {
		part->size = in->size;
		in->at = NULL;
		return true;
	}
	part->size = (size_t)(stop - in->at);
	in->size -= part->size + 1;
	in->at = stop + 1;
	return true;
}

/* Of a type; of a qualifier's key. */
bool purl_is_type(const char *type, size_t size);
bool purl_is_key(const char *key, size_t size);
char *purl_lower(struct vexlog_arena *arena, const char *text, size_t size,
    struct vexlog_err *err);
/* errors   SHAPE (a key twice) */
int purl_sort_qualifiers(
    struct purl_qualifier *list, size_t count, struct vexlog_err *err);
/* Folds the parts as the type says. */
int purl_fold_by_type(
    struct purl *p, struct vexlog_arena *arena, struct vexlog_err *err);

#endif
