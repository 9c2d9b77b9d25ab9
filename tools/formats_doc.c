/*
 * formats_doc.c - the mapping tables as docs/formats.md shows them; run by
 * tools/formats_doc.py.
 */
#include <stdio.h>

#include "vex/status.h"

static void
row(const char *format, const char *word, const char *means, const char *lost)
{
	printf("| %s | %s | %s | %s |\n", format, word, means,
	    lost == NULL ? "" : lost);
}

int
main(void)
{
	printf("<!-- status -->\n"
	       "| format | word | status | lost, or why no claim |\n"
	       "|---|---|---|---|\n");
	for (size_t i = 0; i < status_word_count; i++) {
		const struct status_word *w = &status_words[i];
		row(w->format, w->word,
		    w->claims ? vexlog_status_name(w->status) : "no claim",
		    w->lost);
	}
	printf("<!-- justification -->\n"
	       "| format | word | token | lost |\n"
	       "|---|---|---|---|\n");
	for (size_t i = 0; i < justification_word_count; i++) {
		const struct justification_word *w = &justification_words[i];
		row(w->format, w->word, w->token, w->lost);
	}
	return 0;
}
