/*
 * formats_doc.c - the tables of docs/formats.md that are the code's; run by
 * tools/formats_doc.py.
 */
#include <stdio.h>

#include "vex/rules.h"
#include "vex/status.h"

static void
row(const char *format, const char *word, const char *means, const char *lost)
{
	printf("| %s | %s | %s | %s |\n", format, word, means,
	    lost == NULL ? "" : lost);
}

static const char *const effects[] = {
    [VEXLOG_RULE_FINDING] = "a finding",
    [VEXLOG_RULE_UNSAFE] = "refused",
    [VEXLOG_RULE_EITHER] = "either",
};

int
main(void)
{
	const struct vexlog_rule *rules;
	size_t count;

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
	printf("<!-- rules -->\n"
	       "| rule | asks for | broken |\n"
	       "|---|---|---|\n");
	rules = vexlog_rules(&count);
	for (size_t i = 0; i < count; i++)
		printf("| %s | %s | %s |\n", rules[i].name, rules[i].about,
		    effects[rules[i].effect]);
	printf("<!-- unheld -->\n"
	       "| test | title | why no claim rests on it |\n"
	       "|---|---|---|\n");
	for (size_t i = 0; i < csaf_unheld_count; i++)
		printf("| %s | %s | %s |\n", csaf_unheld[i].number,
		    csaf_unheld[i].title, csaf_unheld[i].why);
	return 0;
}
