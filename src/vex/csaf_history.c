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
#include "vex/version.h"

struct revision {
	const struct json_value *number;
	struct semver version;
	int64_t date;
	size_t index;
};

/* ---- versions ---------------------------------------------------------- */

static bool
is_zero(const struct semver *v)
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
	return semver_order(&x->version, &y->version, true);
}

/* b follows a: the major number is the same, or the next. */
static bool
follows(struct version_part a, struct version_part b)
{
	char next[64];

	if (semver_number_order(a, b) == 0)
		return true;
	/* nobody counts this far: longer numbers only have to grow */
	if (a.size + 2 > sizeof(next))
		return semver_number_order(a, b) < 0;
	next[0] = '0';
	memcpy(next + 1, a.at, a.size);
	size_t i = a.size;
	while (next[i] == '9')
		next[i--] = '0';
	next[i]++;
	struct version_part want = {next, a.size + 1};
	if (next[0] == '0')
		want = (struct version_part){next + 1, a.size};
	return semver_number_order(want, b) == 0;
}

static void
check_order(struct csaf *c, const struct revision *const *list, size_t count)
{
	struct reader *r = c->r;

	for (size_t i = 1; i < count; i++) {
		const struct revision *a = list[i - 1], *b = list[i];
		int order = semver_order(&a->version, &b->version, true);
		if (order > 0)
			reader_note(r, "CSAF 6.1.14", NULL, b->number,
			    "by date, version %s comes before version %s",
			    a->number->as.text, b->number->as.text);
		else if (!follows(a->version.numbers[0], b->version.numbers[0]))
			reader_note(r, "CSAF 6.1.21", NULL, b->number,
			    "by date, version %s follows on version %s",
			    b->number->as.text, a->number->as.text);
	}
	const struct version_part first = list[0]->version.numbers[0];
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
		    reader_time(r, c->newer ? "CSAF 6.1.37" : rule, v, "date",
			false, &one->date);
		if (c->newer && dated)
			csaf_check_time(c, v, "date");
		check_twice(c, &numbers, one);
		bool numbered = one->number != NULL &&
		    semver_read(&one->version, one->number->as.text);
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
	struct semver v;

	if (!semver_read(&v, value->as.text)) {
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
	if (newest != NULL && semver_order(&v, &newest->version, !draft) != 0)
		reader_note(r, "CSAF 6.1.16", "version", value,
		    "the version is %s, the newest revision is %s",
		    reader_show(r, value), reader_show(r, newest->number));
}

static void
check_mixture(struct csaf *c, const struct json_value *version,
    const struct revision *list, size_t count)
{
	size_t semantic = 0, all = count;
	struct semver v;

	for (size_t i = 0; i < count; i++)
		semantic += list[i].version.semantic;
	if (version != NULL && semver_read(&v, version->as.text)) {
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
