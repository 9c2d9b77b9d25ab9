/*
 * status_test.c - VexProofIntegrator: the tables of statuses and
 * justifications, word by word, and nothing beside them.
 */
#include "tests/tap.h"
#include "vex/status.h"

static const struct {
	const char *format, *word, *status;
} statuses[] = {
    {"openvex", "affected", "affected"},
    {"openvex", "not_affected", "not_affected"},
    {"openvex", "fixed", "fixed"},
    {"openvex", "under_investigation", "under_investigation"},
    {"csaf", "known_affected", "affected"},
    {"csaf", "first_affected", "affected"},
    {"csaf", "last_affected", "affected"},
    {"csaf", "known_not_affected", "not_affected"},
    {"csaf", "fixed", "fixed"},
    {"csaf", "first_fixed", "fixed"},
    {"csaf", "under_investigation", "under_investigation"},
    {"csaf", "recommended", NULL},
    {"csaf", "unknown", NULL},
    {"cyclonedx", "exploitable", "affected"},
    {"cyclonedx", "not_affected", "not_affected"},
    {"cyclonedx", "false_positive", "not_affected"},
    {"cyclonedx", "resolved", "fixed"},
    {"cyclonedx", "resolved_with_pedigree", "fixed"},
    {"cyclonedx", "in_triage", "under_investigation"},
    {"spdx", "affects", "affected"},
    {"spdx", "doesNotAffect", "not_affected"},
    {"spdx", "fixedIn", "fixed"},
    {"spdx", "underInvestigationFor", "under_investigation"},
};

static const struct {
	const char *word, *token;
	bool lossy;
} cyclonedx[] = {
    {"code_not_present", "vulnerable_code_not_present", false},
    {"code_not_reachable", "vulnerable_code_not_in_execute_path", false},
    {"protected_by_compiler", "inline_mitigations_already_exist", true},
    {"protected_at_runtime", "inline_mitigations_already_exist", true},
    {"protected_by_mitigating_control", "inline_mitigations_already_exist",
	true},
    {"protected_at_perimeter", "impact_statement_only", true},
    {"requires_configuration", "impact_statement_only", true},
    {"requires_dependency", "impact_statement_only", true},
    {"requires_environment", "impact_statement_only", true},
};

/* the tokens of OpenVEX, in another spelling */
static const char *const spdx[] = {"componentNotPresent",
    "vulnerableCodeNotPresent", "vulnerableCodeNotInExecutePath",
    "vulnerableCodeCannotBeControlledByAdversary",
    "inlineMitigationsAlreadyExist"};

static const char *const tokens[] = {"component_not_present",
    "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void
test_statuses(void)
{
	for (size_t i = 0; i < COUNT(statuses); i++) {
		const struct status_word *w =
		    status_map(statuses[i].format, statuses[i].word);
		if (!ok(w != NULL, "%s %s is in the table", statuses[i].format,
			statuses[i].word))
			continue;
		is_text(w->claims ? vexlog_status_name(w->status) : NULL,
		    statuses[i].status, "and means this");
	}
	is_int(
	    (int64_t)status_word_count, COUNT(statuses), "and nothing else is");
}

static void
test_justifications(void)
{
	static const char *const formats[] = {"openvex", "csaf"};

	for (size_t f = 0; f < COUNT(formats); f++)
		for (size_t i = 0; i < COUNT(tokens); i++) {
			const struct justification_word *w =
			    justification_map(formats[f], tokens[i]);
			ok(w != NULL && w->lost == NULL &&
				strcmp(w->token, tokens[i]) == 0,
			    "%s %s stays as it is", formats[f], tokens[i]);
		}
	for (size_t i = 0; i < COUNT(cyclonedx); i++) {
		const struct justification_word *w =
		    justification_map("cyclonedx", cyclonedx[i].word);
		if (!ok(w != NULL, "cyclonedx %s is in the table",
			cyclonedx[i].word))
			continue;
		is_text(w->token, cyclonedx[i].token, "and maps to this");
		is_int(w->lost != NULL, cyclonedx[i].lossy,
		    "with or without loss");
	}
	for (size_t i = 0; i < COUNT(spdx); i++) {
		const struct justification_word *w =
		    justification_map("spdx", spdx[i]);
		if (ok(w != NULL, "spdx %s is in the table", spdx[i]))
			is_text(w->token, tokens[i], "and is this");
	}
	is_int((int64_t)justification_word_count,
	    2 * COUNT(tokens) + COUNT(cyclonedx) + COUNT(spdx),
	    "and nothing else is");
}

/* No folding, no trimming, no word of another format. */
static void
test_strangers(void)
{
	static const struct {
		const char *format, *word;
	} words[] = {
	    {"openvex", "Affected"},
	    {"openvex", "not affected"},
	    {"openvex", " fixed"},
	    {"openvex", "known_affected"},
	    {"openvex", ""},
	    {"csaf", "known not affected"},
	    {"csaf", "affected"},
	    {"cyclonedx", "fixed"},
	    {"cyclonedx", "RESOLVED"},
	    {"spdx", "resolved"},
	    {"", "affected"},
	};
	char list[512];

	for (size_t i = 0; i < COUNT(words); i++)
		ok(status_map(words[i].format, words[i].word) == NULL,
		    "\"%s\" is no status of %s", words[i].word,
		    words[i].format);
	ok(justification_map("openvex", "code_not_present") == NULL,
	    "CycloneDX's words are not OpenVEX's");
	ok(justification_map("cyclonedx", "component_not_present") == NULL,
	    "nor the other way round");
	ok(justification_map("openvex", "impact_statement_only") == NULL,
	    "what we map to is not what a document may say");
	status_list(list, sizeof(list), "openvex");
	is_text(list, "affected, not_affected, fixed, under_investigation",
	    "the words of a format");
	status_list(list, 12, "openvex");
	is_text(list, "affected", "as many as fit");
	is_text(VEXLOG_MAPPING_VERSION, "1.0.0",
	    "a changed table needs another version");
}

int
main(void)
{
	test_statuses();
	test_justifications();
	test_strangers();
	return tap_done();
}
