/*
 * csaf.h - what the files of the CSAF reader share.
 */
#ifndef VEXLOG_VEX_CSAF_H
#define VEXLOG_VEX_CSAF_H

#include "vex/product.h"
#include "vex/reader.h"

/* What one vulnerability says of a product beside its status. Valid while
 * vulnerability is the one that is being read (its number + 1). */
struct csaf_marks {
	uint32_t vulnerability;
	uint32_t flags;
	bool impacted;     /* a threat of category impact */
	bool remediated;   /* a remediation of any category */
	bool unknown;      /* CSAF 2.1: in product_status.unknown */
	unsigned remedies; /* CSAF 2.1: a bit for each kind of them */
	const struct json_value *flag;
	const char *impact, *action;
	/* the word of the last list that named it */
	const char *listed;
	/* the first status of any product with this one's key */
	const char *status, *id;
	/* the first status of this one, where the vulnerability has no name */
	const char *stated;
	/* CSAF 2.1: the first id that is of this one alone */
	const char *name;
};

/* A product id and what it stands for. */
struct csaf_product {
	const char *id;
	const char *name;
	const struct product *product; /* NULL: not resolved (yet) */
	/* a relationship: these, and the steps of a 2.1 product path */
	const char *component_id, *base_id;
	const struct json_value *subpaths;
	/* the branches among which its version is one, or NULL */
	const struct json_value *versions;
	size_t place;  /* its index in relationships or product_paths */
	uint8_t state; /* enum csaf_state */
	size_t twin;   /* index of the first product with the same key */
	struct csaf_marks marks;
};

enum csaf_state { CSAF_NEW, CSAF_OPEN, CSAF_DONE, CSAF_BROKEN };

struct csaf_group {
	const char *id;
	struct csaf_product **products;
	size_t count;
};

struct csaf {
	struct reader *r;
	const struct json_value *root, *document, *tree;
	bool vex;        /* category csaf_vex */
	bool advisory;   /* csaf_security_advisory */
	bool deprecated; /* csaf_deprecated_security_advisory, of 2.1 */
	bool newer;      /* 2.1 */
	int64_t time;
	bool timed;

	struct csaf_product *products;
	size_t product_count, product_room;
	struct map by_id; /* to an index of products */
	struct csaf_group *groups;
	size_t group_count, group_room;
	struct map by_group;
	size_t steps; /* spent on the members of groups */

	uint32_t number;  /* of the vulnerability, + 1 */
	bool named_apart; /* some of its ids are of some products alone */
	struct map cves;
};

/* csaf_branches.c: the products in branches. */
void csaf_read_branches(struct csaf *c);
/* 6.1.34: as many branches lead to it as to nothing that is read. */
#define CSAF_BRANCHES_MAX 30
bool csaf_is_too_deep(const char *pointer);

/* csaf_helper.c: what the helper of a full_product_name_t says, or NULL. */
const struct product *csaf_helper(
    struct csaf *c, const struct json_value *full);

/* In one product path. */
#define CSAF_STEPS_MAX 64

/* csaf_products.c: reads product_tree, resolves every product. */
void csaf_read_tree(struct csaf *c);
/* A full_product_name_t; from is what its place says of it, or NULL. */
void csaf_define(struct csaf *c, const struct json_value *full,
    const struct csaf_product *from);
/* NULL: no such product. */
struct csaf_product *csaf_find(const struct csaf *c, const char *id);
/* The same, and the document is refused for it (6.1.1). */
struct csaf_product *csaf_product(struct csaf *c, const struct json_value *id);
/*
 * Calls each for every product that object names in product_ids and, by its
 * groups, in group_ids. Returns how many ids of both kinds it names.
 */
size_t csaf_each_product(struct csaf *c, const struct json_value *object,
    void (*each)(struct csaf *c, struct csaf_product *p,
	const struct json_value *object));

/* Passed to it where only the names count. */
void csaf_mark_nothing(
    struct csaf *c, struct csaf_product *p, const struct json_value *object);

/* csaf_rules.c: the rules that make no claim and unmake none. */
void csaf_check_document(struct csaf *c);
void csaf_check_vulnerability(struct csaf *c, const struct json_value *v);
/* CSAF 2.1: a time on which no claim rests. */
void csaf_check_time(
    struct csaf *c, const struct json_value *object, const char *name);

/* The products that object's list called name is about are to be defined
 * (6.1.1, 6.1.4). */
void csaf_check_named(
    struct csaf *c, const struct json_value *object, const char *name);

/* csaf_profiles.c: 6.1.27, of the document and of a vulnerability. */
void csaf_check_profile(struct csaf *c, const char *category);
void csaf_check_profile_of(struct csaf *c, const struct json_value *v);

/* csaf_remedies.c: CSAF 2.1, 6.1.35 and 6.1.36. */
void csaf_mark_remedy(struct csaf *c, const struct csaf_product *p,
    struct csaf_marks *m, const char *category);
void csaf_check_remedies(struct csaf *c, const struct csaf_marks *m,
    const struct json_value *id, const struct vexlog_observation *claim);

/* csaf_history.c: versions and revisions. */
void csaf_check_history(struct csaf *c, const struct json_value *tracking);

#endif
