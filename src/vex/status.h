/*
 * status.h - VexProofIntegrator: what a format's own words mean here.
 *
 * Two tables, one for statuses and one for justifications, of version
 * VEXLOG_MAPPING_VERSION. They are total: a word that is not in them has no
 * meaning, and the claim that uses it is refused where it stands. Nothing is
 * guessed, folded or trimmed.
 *
 * To add a format: add its words here, its reader to format.c, and raise the
 * mapping version, because ids of claims are made with it.
 */
#ifndef VEXLOG_VEX_STATUS_H
#define VEXLOG_VEX_STATUS_H

#include "vexlog.h"

struct status_word {
	const char *format;
	const char *word;
	bool claims; /* false: known, but says nothing about a status */
	enum vexlog_status status;
	const char *lost; /* what the status no longer tells, or why it is no
			   * claim; NULL: nothing */
};

struct justification_word {
	const char *format;
	const char *word;
	const char *token;
	const char *lost;
};

/* NULL: the format has no such word. */
const struct status_word *status_map(const char *format, const char *word);
const struct justification_word *justification_map(
    const char *format, const char *word);

/* The whole tables, for documents and tests. */
extern const struct status_word status_words[];
extern const size_t status_word_count;
extern const struct justification_word justification_words[];
extern const size_t justification_word_count;

/* "a, b, c": the words of a format, for a message. */
void status_list(char *out, size_t size, const char *format);
void justification_list(char *out, size_t size, const char *format);

#endif
