/*
 * csaf_remedies.c - CSAF 2.1: remediations of one product that contradict
 * each other (6.1.35) or its status (6.1.36), by the two tables of the
 * standard's "Vulnerabilities Property - Remediations - Category".
 */
#include "base/text.h"
#include "vex/csaf.h"

#define BIT(n) (1U << (n))

enum remedy_kind {
	WORKAROUND,
	MITIGATION,
	VENDOR_FIX,
	OPTIONAL_PATCH,
	NONE_AVAILABLE,
	FIX_PLANNED,
	NO_FIX_PLANNED,
	KINDS
};

#define ALL_BUT(n) ((BIT(KINDS) - 1) & ~BIT(n))
#define NO_NEED    (BIT(VEXLOG_NOT_AFFECTED) | BIT(VEXLOG_FIXED))

static const struct remedy {
	const char *word;
	unsigned kinds;    /* which it contradicts */
	unsigned statuses; /* the same */
} remedies[KINDS] = {
    [WORKAROUND] = {"workaround", BIT(OPTIONAL_PATCH) | BIT(NONE_AVAILABLE),
	NO_NEED},
    [MITIGATION] = {"mitigation", BIT(OPTIONAL_PATCH) | BIT(NONE_AVAILABLE),
	NO_NEED},
    [VENDOR_FIX] = {"vendor_fix",
	ALL_BUT(VENDOR_FIX) & ~(BIT(WORKAROUND) | BIT(MITIGATION)), NO_NEED},
    [OPTIONAL_PATCH] = {"optional_patch", ALL_BUT(OPTIONAL_PATCH),
	BIT(VEXLOG_AFFECTED)},
    [NONE_AVAILABLE] = {"none_available", ALL_BUT(NONE_AVAILABLE), NO_NEED},
    [FIX_PLANNED] = {"fix_planned",
	ALL_BUT(FIX_PLANNED) & ~(BIT(WORKAROUND) | BIT(MITIGATION)),
	BIT(VEXLOG_FIXED)},
    [NO_FIX_PLANNED] = {"no_fix_planned",
	ALL_BUT(NO_FIX_PLANNED) & ~(BIT(WORKAROUND) | BIT(MITIGATION)),
	BIT(VEXLOG_FIXED)},
};

void
csaf_mark_remedy(struct csaf *c, const struct csaf_product *p,
    struct csaf_marks *m, const char *category)
{
	size_t kind = 0;

	if (!c->newer)
		return;
	while (kind < KINDS && !text_same(category, remedies[kind].word))
		kind++;
	if (kind == KINDS)
		return;
	for (size_t i = 0; i < KINDS; i++)
		if ((m->remedies & remedies[kind].kinds & BIT(i)) != 0)
			reader_note(c->r, "CSAF 6.1.35", NULL, NULL,
			    "product \"%.120s\" has \"%s\" here and \"%s\" "
			    "before; they contradict each other",
			    p->id, remedies[kind].word, remedies[i].word);
	m->remedies |= BIT(kind);
}

void
csaf_check_remedies(struct csaf *c, const struct csaf_marks *m,
    const struct json_value *id, const struct vexlog_observation *claim)
{
	for (size_t i = 0; i < KINDS; i++)
		if ((m->remedies & BIT(i)) != 0 &&
		    (remedies[i].statuses & BIT(claim->status)) != 0)
			reader_note(c->r, "CSAF 6.1.36", NULL, id,
			    "product %s is %s, which its remediation \"%s\" "
			    "contradicts",
			    reader_show(c->r, id), claim->source_status,
			    remedies[i].word);
}
