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
    {"openvex", "affected", true, VEXLOG_AFFECTED, false},
    {"openvex", "not_affected", true, VEXLOG_NOT_AFFECTED, false},
    {"openvex", "fixed", true, VEXLOG_FIXED, false},
    {"openvex", "under_investigation", true, VEXLOG_UNDER_INVESTIGATION, false},

    {"csaf", "known_not_affected", true, VEXLOG_NOT_AFFECTED, false},
    {"csaf", "known_affected", true, VEXLOG_AFFECTED, false},
    {"csaf", "fixed", true, VEXLOG_FIXED, false},
    {"csaf", "under_investigation", true, VEXLOG_UNDER_INVESTIGATION, false},
    /* ends of a range of versions */
    {"csaf", "first_affected", true, VEXLOG_AFFECTED, true},
    {"csaf", "last_affected", true, VEXLOG_AFFECTED, true},
    {"csaf", "first_fixed", true, VEXLOG_FIXED, true},
    /* advice which version to take; contradicts no status (6.1.6) */
    {"csaf", "recommended", false, VEXLOG_AFFECTED, false},
    /* CSAF 2.1: neither known nor looked into */
    {"csaf", "unknown", false, VEXLOG_AFFECTED, false},

    {"cyclonedx", "exploitable", true, VEXLOG_AFFECTED, false},
    {"cyclonedx", "not_affected", true, VEXLOG_NOT_AFFECTED, false},
    /* the finding does not belong to this component at all */
    {"cyclonedx", "false_positive", true, VEXLOG_NOT_AFFECTED, true},
    {"cyclonedx", "resolved", true, VEXLOG_FIXED, false},
    /* the pedigree holds evidence of the fix */
    {"cyclonedx", "resolved_with_pedigree", true, VEXLOG_FIXED, true},
    {"cyclonedx", "in_triage", true, VEXLOG_UNDER_INVESTIGATION, false},

    {"spdx", "affects", true, VEXLOG_AFFECTED, false},
    {"spdx", "doesNotAffect", true, VEXLOG_NOT_AFFECTED, false},
    {"spdx", "fixedIn", true, VEXLOG_FIXED, false},
    {"spdx", "underInvestigationFor", true, VEXLOG_UNDER_INVESTIGATION, false},
};
const size_t status_word_count = COUNT(status_words);

#define SAME(format, token)                                                    \
	{                                                                      \
		format, token, token, false                                    \
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

    {"cyclonedx", "code_not_present", "vulnerable_code_not_present", false},
    {"cyclonedx", "code_not_reachable", "vulnerable_code_not_in_execute_path",
	false},
    {"cyclonedx", "protected_by_compiler", "inline_mitigations_already_exist",
	true},
    {"cyclonedx", "protected_at_runtime", "inline_mitigations_already_exist",
	true},
    {"cyclonedx", "protected_by_mitigating_control",
	"inline_mitigations_already_exist", true},
    /* A perimeter is not built into the product, and the three conditions
     * below have no twin: claiming one would say more than the source. */
    {"cyclonedx", "protected_at_perimeter", "impact_statement_only", true},
    {"cyclonedx", "requires_configuration", "impact_statement_only", true},
    {"cyclonedx", "requires_dependency", "impact_statement_only", true},
    {"cyclonedx", "requires_environment", "impact_statement_only", true},

    {"spdx", "componentNotPresent", "component_not_present", false},
    {"spdx", "vulnerableCodeNotPresent", "vulnerable_code_not_present", false},
    {"spdx", "vulnerableCodeNotInExecutePath",
	"vulnerable_code_not_in_execute_path", false},
    {"spdx", "vulnerableCodeCannotBeControlledByAdversary",
	"vulnerable_code_cannot_be_controlled_by_adversary", false},
    {"spdx", "inlineMitigationsAlreadyExist",
	"inline_mitigations_already_exist", false},
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
