/*
 * csaf_history.c - versions and the revision history of a CSAF document
 * (tests 6.1.14, 6.1.16 to 6.1.22, 6.1.30).
 *
 * A version is an integer or a semantic version (semver.org 2.0.0). Numbers
 * are compared as digits, so none is too large.
 */
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "vex/csaf.h"

struct part {
	const char *at;
	size_t size;
};

struct version {
	bool semantic;
	struct part numbers[3]; /* an integer n is n.0.0 */
	struct part pre;        /* what stands behind '-', without it */
};

struct revision {
	const struct json_value *number;
	struct version version;
	int64_t date;
	size_t index;
};

/* ---- versions ---------------------------------------------------------- */

static bool
read_number(const char **at, struct part *out)
{
	const char *p = *at;

	while (*p >= '0' && *p <= '9')
		p++;
	*out = (struct part){*at, (size_t)(p - *at)};
	*at = p;
	return out->size > 0 && (out->size == 1 || out->at[0] != '0');
}

/* Identifiers of [0-9A-Za-z-] between dots, none empty; those of a pre-release
 * that are numbers have no leading zero. */
static bool
read_identifiers(const char **at, bool pre, struct part *out)
{
	const char *p = *at;

	for (;;) {
		const char *from = p;
		bool digits = true;
		for (; (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
		     (*p >= 'A' && *p <= 'Z') || *p == '-';
		     p++)
			digits = digits && *p >= '0' && *p <= '9';
		if (p == from ||
		    (pre && digits && p - from > 1 && from[0] == '0'))
			return false;
		if (*p != '.')
			break;
		p++;
	}
	*out = (struct part){*at, (size_t)(p - *at)};
	*at = p;
	return true;
}

static bool
read_version(struct version *out, const char *text)
{
	static const struct part zero = {"0", 1};
	struct version v = {false, {zero, zero, zero}, {NULL, 0}};
	struct part build;

	if (!read_number(&text, &v.numbers[0]))
		return false;
	if (*text != '\0') {
		v.semantic = true;
		for (int i = 1; i < 3; i++)
			if (*text++ != '.' ||
			    !read_number(&text, &v.numbers[i]))
				return false;
		if (*text == '-') {
			text++;
			if (!read_identifiers(&text, true, &v.pre))
				return false;
		}
		if (*text == '+') {
			text++;
			if (!read_identifiers(&text, false, &build))
				return false;
		}
	}
	*out = v;
	return *text == '\0';
}

static int
number_order(struct part a, struct part b)
{
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return memcmp(a.at, b.at, a.size);
}

static struct part
next_identifier(struct part *in)
{
	const char *dot = memchr(in->at, '.', in->size);
	struct part out = *in;

	if (dot == NULL) {
		in->size = 0;
		return out;
	}
	out.size = (size_t)(dot - in->at);
	in->size -= out.size + 1;
	in->at = dot + 1;
	return out;
}

static bool
is_number(struct part p)
{
	for (size_t i = 0; i < p.size; i++)
		if (p.at[i] < '0' || p.at[i] > '9')
			return false;
	return true;
}

/* semver.org 11: numbers below words, numbers by value, words by bytes, and
 * the shorter list first. */
static int
pre_order(struct part a, struct part b)
{
	if (a.at == NULL || b.at == NULL)
		return (a.at == NULL) - (b.at == NULL);
	while (a.size > 0 && b.size > 0) {
		struct part x = next_identifier(&a), y = next_identifier(&b);
		bool x_number = is_number(x), y_number = is_number(y);
		int order;
		if (x_number && y_number)
			order = number_order(x, y);
		else if (x_number != y_number)
			order = x_number ? -1 : 1;
		else {
			size_t n = x.size < y.size ? x.size : y.size;
			order = memcmp(x.at, y.at, n);
			if (order == 0)
				order = (x.size > y.size) - (x.size < y.size);
		}
		if (order != 0)
			return order;
	}
	return (a.size > 0) - (b.size > 0);
}

/* Build metadata has no place in the order. */
static int
version_order(const struct version *a, const struct version *b, bool with_pre)
{
	for (int i = 0; i < 3; i++) {
		int order = number_order(a->numbers[i], b->numbers[i]);
		if (order != 0)
			return order;
	}
	return with_pre ? pre_order(a->pre, b->pre) : 0;
}

static bool
is_zero(const struct version *v)
{
	return v->numbers[0].size == 1 && v->numbers[0].at[0] == '0';
}

/* ---- the history ------------------------------------------------------- */

static int
by_date(const void *a, const void *b, void *context)
{
	const struct revision *x = a, *y = b;

	(void)context;
	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	return version_order(&x->version, &y->version, true);
}

/* b follows a: the major number is the same, or the next. */
static bool
follows(struct part a, struct part b)
{
	char next[64];

	if (number_order(a, b) == 0)
		return true;
	/* nobody counts this far: longer numbers only have to grow */
	if (a.size + 2 > sizeof(next))
		return number_order(a, b) < 0;
	next[0] = '0';
	memcpy(next + 1, a.at, a.size);
	size_t i = a.size;
	while (next[i] == '9')
		next[i--] = '0';
	next[i]++;
	struct part want = {next, a.size + 1};
	if (next[0] == '0')
		want = (struct part){next + 1, a.size};
	return number_order(want, b) == 0;
}

static void
check_order(struct csaf *c, const struct revision *const *list, size_t count)
{
	struct reader *r = c->r;

	for (size_t i = 1; i < count; i++) {
		const struct revision *a = list[i - 1], *b = list[i];
		int order = version_order(&a->version, &b->version, true);
		if (order > 0)
			reader_note(r, "CSAF 6.1.14", NULL, b->number,
			    "by date, version %s comes before version %s",
			    a->number->as.text, b->number->as.text);
		else if (!follows(a->version.numbers[0], b->version.numbers[0]))
			reader_note(r, "CSAF 6.1.21", NULL, b->number,
			    "by date, version %s follows on version %s",
			    b->number->as.text, a->number->as.text);
	}
	const struct part first = list[0]->version.numbers[0];
	if (first.size != 1 || first.at[0] > '1')
		reader_note(r, "CSAF 6.1.21", NULL, list[0]->number,
		    "by date, the first version is %s, neither 0 nor 1",
		    list[0]->number->as.text);
}

static void
check_revision(struct csaf *c, const struct revision *v, const char *status)
{
	bool released =
	    text_same(status, "final") || text_same(status, "interim");

	if (released && is_zero(&v->version))
		reader_note(c->r, "CSAF 6.1.18", "number", v->number,
		    "version %s is no release, the status is %s",
		    reader_show(c->r, v->number), status);
	if (v->version.pre.at != NULL)
		reader_note(c->r, "CSAF 6.1.19", "number", v->number,
		    "version %s is a pre-release",
		    reader_show(c->r, v->number));
}

static void
check_twice(struct csaf *c, struct map *numbers, const struct revision *one)
{
	struct reader *r = c->r;
	size_t first;

	if (one->number == NULL || r->failed != 0)
		return;
	int rc = map_put(numbers, one->number->as.text, one->number->size,
	    one->index, &first, r->err);
	if (rc < 0)
		r->failed = rc;
	if (rc == 1)
		reader_note(r, "CSAF 6.1.22", "number", one->number,
		    "version %s is also that of item %zu",
		    reader_show(r, one->number), first);
}

/* The revisions whose version and date can be read; *whole: all of them. */
static struct revision *
read_revisions(struct csaf *c, const struct json_value *history,
    const char *status, size_t *count, bool *whole)
{
	const char *rule = "CSAF revision_history";
	struct reader *r = c->r;
	struct revision *list = arena_list(
	    r->arena, json_count(history) + 1, sizeof(*list), r->err);
	struct map numbers;
	size_t index = 0;

	if (list == NULL) {
		r->failed = r->err->code;
		return NULL;
	}
	map_open(&numbers, r->arena);
	*count = 0;
	*whole = true;
	for (const struct json_value *v = json_first(history);
	     v != json_end(history); v = json_next(v)) {
		struct revision *one = &list[*count];
		reader_enter_index(r, index);
		one->index = index++;
		one->number = reader_need(r, rule, v, "number", JSON_STRING);
		(void)reader_need_text(r, rule, v, "summary");
		bool dated =
		    reader_need(r, rule, v, "date", JSON_STRING) != NULL &&
		    reader_time(r, rule, v, "date", false, &one->date);
		check_twice(c, &numbers, one);
		bool numbered = one->number != NULL &&
		    read_version(&one->version, one->number->as.text);
		if (one->number != NULL && !numbered)
			reader_note(r, rule, "number", one->number,
			    "%s is no version", reader_show(r, one->number));
		if (numbered)
			check_revision(c, one, status);
		if (dated && numbered)
			(*count)++;
		else
			*whole = false;
		reader_leave(r);
	}
	return list;
}

static void
check_version(struct csaf *c, const struct json_value *value,
    const char *status, const struct revision *newest)
{
	struct reader *r = c->r;
	bool draft = text_same(status, "draft");
	struct version v;

	if (!read_version(&v, value->as.text)) {
		reader_note(r, "CSAF version", "version", value,
		    "%s is no version", reader_show(r, value));
		return;
	}
	if ((is_zero(&v) || v.pre.at != NULL) && !draft && status != NULL)
		reader_note(r, "CSAF 6.1.17", "status", NULL,
		    "version %s is no release, the status is \"%.40s\"",
		    reader_show(r, value), status);
	if (v.pre.at != NULL &&
	    (text_same(status, "final") || text_same(status, "interim")))
		reader_note(r, "CSAF 6.1.20", "version", value,
		    "version %s is a pre-release, the status is %s",
		    reader_show(r, value), status);
	if (newest != NULL && version_order(&v, &newest->version, !draft) != 0)
		reader_note(r, "CSAF 6.1.16", "version", value,
		    "the version is %s, the newest revision is %s",
		    reader_show(r, value), reader_show(r, newest->number));
}

static void
check_mixture(struct csaf *c, const struct json_value *version,
    const struct revision *list, size_t count)
{
	size_t semantic = 0, all = count;
	struct version v;

	for (size_t i = 0; i < count; i++)
		semantic += list[i].version.semantic;
	if (version != NULL && read_version(&v, version->as.text)) {
		semantic += v.semantic;
		all++;
	}
	if (semantic > 0 && semantic < all)
		reader_note(c->r, "CSAF 6.1.30", NULL, NULL,
		    "of %zu versions %zu are integers and %zu semantic", all,
		    all - semantic, semantic);
}

void
csaf_check_history(struct csaf *c, const struct json_value *tracking)
{
	struct reader *r = c->r;
	const char *status = json_get_text(tracking, "status");
	const struct json_value *version =
	    reader_need(r, "CSAF tracking", tracking, "version", JSON_STRING);
	const struct json_value *history = reader_need(
	    r, "CSAF tracking", tracking, "revision_history", JSON_ARRAY);
	const struct revision *newest = NULL;
	struct revision *list = NULL;
	const void **sorted;
	size_t count = 0;
	bool whole = false;

	if (json_count(history) > 0) {
		reader_enter(r, "revision_history");
		list = read_revisions(c, history, status, &count, &whole);
		sorted = list == NULL
		    ? NULL
		    : arena_list(r->arena, count + 1, sizeof(*sorted), r->err);
		if (sorted == NULL) {
			r->failed = r->err->code;
			return;
		}
		for (size_t i = 0; i < count; i++)
			sorted[i] = &list[i];
		int rc = sort_pointers(
		    sorted, count, by_date, NULL, r->arena, r->err);
		if (rc != 0) {
			r->failed = rc;
			return;
		}
		if (count > 0 && whole) {
			check_order(
			    c, (const struct revision *const *)sorted, count);
			newest = sorted[count - 1];
		}
		reader_leave(r);
	}
	if (version != NULL)
		check_version(c, version, status, newest);
	check_mixture(c, version, list, count);
}
