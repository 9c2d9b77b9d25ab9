/*
 * csaf_rules.c - the standard's tests that make no claim and unmake none.
 */
#include "base/text.h"
#include "vex/csaf.h"

void
csaf_check_document(struct csaf *c)
{
	(void)c;
}

void
csaf_check_vulnerability(struct csaf *c, const struct json_value *v)
{
	(void)c;
	(void)v;
}
