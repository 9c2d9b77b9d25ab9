/*
 * rules.h - the mandatory tests of CSAF (chapter 6.1) that are not held; the
 * rules that are, are vexlog_rules.
 */
#ifndef VEXLOG_VEX_RULES_H
#define VEXLOG_VEX_RULES_H

#include "vexlog.h"

struct csaf_unheld {
	const char *number, *title;
	const char *why; /* no claim rests on it */
};

extern const struct csaf_unheld csaf_unheld[];
extern const size_t csaf_unheld_count;

#endif
