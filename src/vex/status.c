/*
 * status.c - the mapping tables of VexProofIntegrator.
 *
 * Lossy means that the word cannot be told back from what it maps to; the
 * source's own word is kept beside every claim, so nothing is lost there.
 */
#include "vex/status.h"

#include <stdio.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

const struct status_word status_words[] = {
    {"openvex", "affected", true, VEXLOG_AFFECTED, NULL},
    {"openvex", "not_affected", true, VEXLOG_NOT_AFFECTED, NULL},
    {"openvex", "fixed", true, VEXLOG_FIXED, NULL},
    {"openvex", "under_investigation", true, VEXLOG_UNDER_INVESTIGATION, NULL},

    {"csaf", "known_not_affected", true, VEXLOG_NOT_AFFECTED, NULL},
    {"csaf", "known_affected", true, VEXLOG_AFFECTED, NULL},
    {"csaf", "fixed", true, VEXLOG_FIXED, NULL},
    {"csaf", "under_investigation", true, VEXLOG_UNDER_INVESTIGATION, NULL},
    {"csaf", "first_affected", true, VEXLOG_AFFECTED,
	"the beginning of a range"},
    {"csaf", "last_affected", true, VEXLOG_AFFECTED, "the end of a range"},
    {"csaf", "first_fixed", true, VEXLOG_FIXED, "the beginning of a range"},
    /* recommended contradicts no status (6.1.6) */
    {"csaf", "recommended", false, VEXLOG_AFFECTED,
	"advice which version to take"},
    /* CSAF 2.1 */
    {"csaf", "unknown", false, VEXLOG_AFFECTED,
	"neither known nor looked into"},

    {"cyclonedx", "exploitable", true, VEXLOG_AFFECTED, NULL},
    {"cyclonedx", "not_affected", true, VEXLOG_NOT_AFFECTED, NULL},
    {"cyclonedx", "false_positive", true, VEXLOG_NOT_AFFECTED,
	"the finding itself was wrong"},
    {"cyclonedx", "resolved", true, VEXLOG_FIXED, NULL},
    {"cyclonedx", "resolved_with_pedigree", true, VEXLOG_FIXED,
	"the evidence in the pedigree"},
    {"cyclonedx", "in_triage", true, VEXLOG_UNDER_INVESTIGATION, NULL},

    {"spdx", "affects", true, VEXLOG_AFFECTED, NULL},
    {"spdx", "doesNotAffect", true, VEXLOG_NOT_AFFECTED, NULL},
    {"spdx", "fixedIn", true, VEXLOG_FIXED, NULL},
    {"spdx", "underInvestigationFor", true, VEXLOG_UNDER_INVESTIGATION, NULL},
};
const size_t status_word_count = COUNT(status_words);

#define SAME(format, token)                                                    \
	{                                                                      \
		format, token, token, NULL                                     \
	}

const struct justification_word justification_words[] = {
    SAME("openvex", "component_not_present"),
    SAME("openvex", "vulnerable_code_not_present"),
    SAME("openvex", "vulnerable_code_not_in_execute_path"),
    SAME("openvex", "vulnerable_code_cannot_be_controlled_by_adversary"),
    SAME("openvex", "inline_mitigations_already_exist"),

    SAME("csaf", "component_not_present"),
    SAME("csaf", "vulnerable_code_not_present"),
    SAME("csaf", "vulnerable_code_not_in_execute_path"),
    SAME("csaf", "vulnerable_code_cannot_be_controlled_by_adversary"),
    SAME("csaf", "inline_mitigations_already_exist"),

    {"cyclonedx", "code_not_present", "vulnerable_code_not_present", NULL},
    {"cyclonedx", "code_not_reachable", "vulnerable_code_not_in_execute_path",
	NULL},
    {"cyclonedx", "protected_by_compiler", "inline_mitigations_already_exist",
	"which mitigation"},
    {"cyclonedx", "protected_at_runtime", "inline_mitigations_already_exist",
	"which mitigation"},
    {"cyclonedx", "protected_by_mitigating_control",
	"inline_mitigations_already_exist", "which mitigation"},
    /* A perimeter is not built into the product, and the three conditions
     * below have no twin: claiming one would say more than the source. */
    {"cyclonedx", "protected_at_perimeter", "impact_statement_only", "no twin"},
    {"cyclonedx", "requires_configuration", "impact_statement_only", "no twin"},
    {"cyclonedx", "requires_dependency", "impact_statement_only", "no twin"},
    {"cyclonedx", "requires_environment", "impact_statement_only", "no twin"},

    {"spdx", "componentNotPresent", "component_not_present", NULL},
    {"spdx", "vulnerableCodeNotPresent", "vulnerable_code_not_present", NULL},
    {"spdx", "vulnerableCodeNotInExecutePath",
	"vulnerable_code_not_in_execute_path", NULL},
    {"spdx", "vulnerableCodeCannotBeControlledByAdversary",
	"vulnerable_code_cannot_be_controlled_by_adversary", NULL},
    {"spdx", "inlineMitigationsAlreadyExist",
	"inline_mitigations_already_exist", NULL},
};
const size_t justification_word_count = COUNT(justification_words);

const struct status_word *
status_map(const char *format, const char *word)
{
	for (size_t i = 0; i < status_word_count; i++)
		if (strcmp(status_words[i].word, word) == 0 &&
		    strcmp(status_words[i].format, format) == 0)
			return &status_words[i];
	return NULL;
}

const struct justification_word *
justification_map(const char *format, const char *word)
{
	for (size_t i = 0; i < justification_word_count; i++)
		if (strcmp(justification_words[i].word, word) == 0 &&
		    strcmp(justification_words[i].format, format) == 0)
			return &justification_words[i];
	return NULL;
}

static size_t
append(char *out, size_t size, size_t at, const char *word)
{
	int n =
	    snprintf(out + at, size - at, "%s%s", at == 0 ? "" : ", ", word);

	return n < 0 || (size_t)n >= size - at ? at : at + (size_t)n;
}

void
status_list(char *out, size_t size, const char *format)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < status_word_count; i++)
		if (strcmp(status_words[i].format, format) == 0)
			at = append(out, size, at, status_words[i].word);
	out[at] = '\0';
}

void
justification_list(char *out, size_t size, const char *format)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < justification_word_count; i++)
		if (strcmp(justification_words[i].format, format) == 0)
			at = append(out, size, at, justification_words[i].word);
	out[at] = '\0';
}
