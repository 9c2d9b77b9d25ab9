/*
 * csaf_branches.c - the branches of a product tree: the products in them, and
 * what the tests ask of a branch (6.1.31, and of 2.1 6.1.50, 6.1.57 to
 * 6.1.59).
 */
#include "base/text.h"
#include "vex/csaf.h"
#include "vex/vers.h"

/* The way from the root to a branch. */
struct way {
	unsigned kinds; /* a bit for each of the categories on it */
	/* the branches among which the product's version is one */
	const struct json_value *versions;
};

enum kind {
	ARCHITECTURE,
	HOST_NAME,
	LANGUAGE,
	PATCH_LEVEL,
	PRODUCT_FAMILY,
	PRODUCT_NAME,
	PRODUCT_VERSION,
	PRODUCT_VERSION_RANGE,
	SERVICE_PACK,
	SPECIFICATION,
	VENDOR,
	PLATFORM, /* since 2.1 */
	LEGACY,   /* 2.0 only */
	KINDS
};

static const char *const kinds[KINDS] = {"architecture", "host_name",
    "language", "patch_level", "product_family", "product_name",
    "product_version", "product_version_range", "service_pack", "specification",
    "vendor", "platform", "legacy"};

#define BIT(n) (1U << (n))

/* 6.1.34: the pointer of what is too deep to be read. Its 31st branches are
 * as deep as any document goes, so they are never counted in a tree. */
bool
csaf_is_too_deep(const char *pointer)
{
	size_t count = 0;

	if (!text_starts(pointer, "/product_tree/branches/"))
		return false;
	while ((pointer = strstr(pointer, "/branches")) != NULL) {
		pointer += strlen("/branches");
		count++;
	}
	return count > CSAF_BRANCHES_MAX;
}

/* KINDS: none of them. */
static enum kind
kind_of(const char *category)
{
	unsigned kind = 0;

	while (kind < KINDS && !text_same(category, kinds[kind]))
		kind++;
	return (enum kind)kind;
}

/* ---- the name of a version ------------------------------------------------
 */

/* Words between white space, in any case; operators anywhere. */
static bool
names_range(const char *name)
{
	static const char *const words[] = {
	    "after", "all", "before", "earlier", "later", "prior", "versions"};
	char word[16];

	if (strpbrk(name, "<>") != NULL)
		return true;
	while (*name != '\0') {
		size_t n = strcspn(name, " \t\n\r\v\f");
		if (n < sizeof(word)) {
			for (size_t i = 0; i < n; i++)
				word[i] = name[i] >= 'A' && name[i] <= 'Z'
				    ? (char)(name[i] - 'A' + 'a')
				    : name[i];
			word[n] = '\0';
			for (size_t i = 0; i < sizeof(words) / sizeof(*words);
			     i++)
				if (strcmp(word, words[i]) == 0)
					return true;
		}
		name += n;
		name += *name != '\0';
	}
	return false;
}

/* A range is vers in canonical form, or the constraints of one alone. */
static void
check_range(struct csaf *c, const struct json_value *name)
{
	struct reader *r = c->r;
	struct vexlog_err why = {0};
	struct vers vers;
	const char *text = name->as.text;
	bool alone = !text_starts(text, "vers:");

	/* they have no type of their own, and this one's order nobody knows */
	if (alone)
		text = arena_print(r->arena, r->err, "vers:vls/%s", text);
	if (text == NULL) {
		r->failed = r->err->code;
		return;
	}
	int rc = vers_read(&vers, r->arena, text, &why);
	if (rc != 0 && rc != VEXLOG_SHAPE) {
		*r->err = why;
		r->failed = rc;
	} else if (rc != 0)
		reader_note(r, "CSAF 6.1.50", "name", name,
		    "%s is no version range: %s", reader_show(r, name),
		    why.message);
	else if (!vers.canonical)
		reader_note(r, "CSAF 6.1.50", "name", name,
		    "%s is not in canonical form: %s", reader_show(r, name),
		    vers.why);
	else if (vers.count == 1 &&
	    vers.constraints[0].comparator == VERS_EQUAL)
		reader_note(r, "CSAF 6.1.59", "name", name,
		    "%s is one version, the category is "
		    "product_version_range",
		    reader_show(r, name));
}

/* ---- a branch -------------------------------------------------------------
 */

static void
check_branch(struct csaf *c, const struct json_value *branch, enum kind kind)
{
	const char *rule = "CSAF branches";
	struct reader *r = c->r;
	const struct json_value *category = json_get(branch, "category");
	const struct json_value *name = json_get(branch, "name");
	bool product = json_get(branch, "product") != NULL;
	bool branches = json_get(branch, "branches") != NULL;

	(void)reader_need_text(r, rule, branch, "name");
	(void)reader_need_text(r, rule, branch, "category");
	if (category != NULL &&
	    (kind == KINDS || kind == (c->newer ? LEGACY : PLATFORM)))
		reader_note(r, rule, "category", category, "%s is no category",
		    reader_show(r, category));
	if (product == branches)
		reader_note(r, rule, NULL, NULL,
		    "%s \"product\" and \"branches\"; there is to be one",
		    product ? "both" : "neither");
	if (!json_is(name, JSON_STRING))
		return;
	if (kind == PRODUCT_VERSION && names_range(name->as.text))
		reader_note(r, "CSAF 6.1.31", "name", name,
		    "%s is a range, the category is product_version",
		    reader_show(r, name));
	if (kind == PRODUCT_VERSION_RANGE && c->newer)
		check_range(c, name);
}

/* Where a branch holds a product: what is on the way to it. */
static void
check_way(struct csaf *c, const struct json_value *branch,
    const struct way *way, enum kind kind)
{
	unsigned both = BIT(PRODUCT_VERSION) | BIT(PRODUCT_VERSION_RANGE);
	const struct json_value *category = json_get(branch, "category");

	if (!c->newer || kind == KINDS)
		return;
	if (kind != PRODUCT_FAMILY && (way->kinds & BIT(kind)) != 0)
		reader_note(c->r, "CSAF 6.1.57", "category", category,
		    "%s is also the category of a branch further up",
		    reader_show(c->r, category));
	if (((way->kinds | BIT(kind)) & both) == both &&
	    (BIT(kind) & both) != 0)
		reader_note(c->r, "CSAF 6.1.58", "category", category,
		    "product_version and product_version_range on the way to "
		    "one product");
}

/* Recursion ends at JSON_DEPTH_MAX: a level of branches takes two. */
static void
read_branches(
    struct csaf *c, const struct json_value *in, const struct way *way)
{
	struct reader *r = c->r;
	const struct json_value *list =
	    reader_want(r, "CSAF branches", in, "branches", JSON_ARRAY);
	const struct json_value *product;
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "branches");
	for (const struct json_value *b = json_first(list);
	     b != json_end(list) && r->failed == 0; b = json_next(b)) {
		enum kind kind = kind_of(json_get_text(b, "category"));
		struct way next = *way;
		reader_enter_index(r, index++);
		if (kind == PRODUCT_VERSION || kind == PRODUCT_VERSION_RANGE)
			next.versions = list;
		if (kind < KINDS)
			next.kinds |= BIT(kind);
		if ((product = json_get(b, "product")) != NULL) {
			reader_enter(r, "product");
			csaf_define(c, product,
			    &(struct csaf_product){.versions = next.versions});
			reader_leave(r);
		}
		if (json_is(b, JSON_OBJECT)) {
			check_branch(c, b, kind);
			check_way(c, b, way, kind);
			read_branches(c, b, &next);
		} else
			reader_note(r, "CSAF branches", NULL, b,
			    "%s is no branch", reader_show(r, b));
		reader_leave(r);
	}
	reader_leave(r);
}

void
csaf_read_branches(struct csaf *c)
{
	struct way none = {0};

	read_branches(c, c->tree, &none);
}
