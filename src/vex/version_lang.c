/*
 * version_lang.c - versions of programming languages' packages: Maven (POM
 * reference, "Version Order Specification"), PyPI (PEP 440), RubyGems
 * (Gem::Version), Conan and NuGet.
 */
#include "vex/version_parts.h"

static bool
is_value(struct version_part p)
{
	for (size_t i = 0; i < p.size; i++)
		if (p.at[i] != '0')
			return true;
	return false;
}

static bool
is_word(struct version_part p, const char *word)
{
	for (size_t i = 0; i < p.size; i++)
		if (version_lower(p.at[i]) != word[i])
			return false;
	return word[p.size] == '\0';
}

/* By bytes, letters in lower case. */
static int
folded_order(struct version_part a, struct version_part b)
{
	for (size_t i = 0; i < a.size && i < b.size; i++) {
		unsigned char x = (unsigned char)version_lower(a.at[i]);
		unsigned char y = (unsigned char)version_lower(b.at[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.size > b.size) - (a.size < b.size);
}

static bool
is_number(struct version_part p)
{
	for (size_t i = 0; i < p.size; i++)
		if (!version_digit(p.at[i]))
			return false;
	return p.size > 0;
}

/* ---- Maven ------------------------------------------------------------------ */

#define MAVEN_TOKENS (VERSION_MAX_BYTES + 2)

struct maven_token {
	bool dash, number;
	bool before_digit; /* "a1": an alias of alpha */
	struct version_part text;
};

/* -5 alpha, -4 beta, -3 milestone, -2 rc, -1 snapshot, 0 the release, 1 sp,
 * 2 any other word. */
static int
maven_rank(const struct maven_token *t)
{
	static const struct {
		const char *word;
		int rank;
		bool short_form;
	} words[] = {{"alpha", -5, false}, {"a", -5, true}, {"beta", -4, false},
	    {"b", -4, true}, {"milestone", -3, false}, {"m", -3, true},
	    {"rc", -2, false}, {"cr", -2, false}, {"snapshot", -1, false},
	    {"", 0, false}, {"ga", 0, false}, {"final", 0, false},
	    {"release", 0, false}, {"sp", 1, false}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(t->text, words[i].word) &&
		    (!words[i].short_form || t->before_digit))
			return words[i].rank;
	return 2;
}

static bool
maven_is_null(const struct maven_token *t)
{
	return t->number ? !is_value(t->text) : maven_rank(t) == 0;
}

static bool
maven_other(char c)
{
	return c != '\0' && c != '.' && c != '-' && !version_digit(c);
}

/* Tokens with the separator before them; a change between digits and others
 * is a dash. Null tokens at the end and before each dash fall away. */
static size_t
maven_read(struct maven_token *list, const char *at)
{
	size_t count = 0;
	bool dash = false;

	for (;;) {
		struct maven_token t = {.dash = dash};
		t.number = !maven_other(*at);
		t.text = version_take(
		    &at, t.number ? version_digit : maven_other);
		t.before_digit = version_digit(*at);
		while (t.dash && count > 0 && maven_is_null(&list[count - 1]))
			count--;
		list[count++] = t;
		if (*at == '\0')
			break;
		dash = *at != '.';
		at += *at == '.' || *at == '-';
		/* "1.": an empty token counts as 0 */
		if (*at == '\0')
			break;
	}
	while (count > 0 && maven_is_null(&list[count - 1]))
		count--;
	return count;
}

/* words < "-number" < ".number" */
static int
maven_class(const struct maven_token *t)
{
	return !t->number ? 0 : t->dash ? 1 : 2;
}

static int
maven_token_order(const struct maven_token *a, const struct maven_token *b)
{
	static const struct maven_token word = {true, false, false, {"", 0}};
	static const struct maven_token zero = {false, true, false, {"0", 1}};

	/* nothing is 0 beside ".number", else the release */
	if (a == NULL)
		a = maven_class(b) == 2 ? &zero : &word;
	if (b == NULL)
		b = maven_class(a) == 2 ? &zero : &word;
	if (maven_class(a) != maven_class(b))
		return maven_class(a) < maven_class(b) ? -1 : 1;
	if (a->number)
		return version_value_order(a->text, b->text);
	int x = maven_rank(a), y = maven_rank(b);
	if (x != y)
		return x < y ? -1 : 1;
	return x == 2 ? folded_order(a->text, b->text) : 0;
}

int
version_maven_order(const char *a, const char *b)
{
	struct maven_token x[MAVEN_TOKENS], y[MAVEN_TOKENS];
	size_t m = maven_read(x, a), n = maven_read(y, b);

	for (size_t i = 0; i < m || i < n; i++) {
		int order = maven_token_order(
		    i < m ? &x[i] : NULL, i < n ? &y[i] : NULL);
		if (order != 0)
			return order;
	}
	return 0;
}

/* ---- PyPI ------------------------------------------------------------------- */

struct pypi_version {
	struct version_part epoch, release;
	int pre; /* 0 a, 1 b, 2 rc, 3 none */
	bool post, dev;
	struct version_part pre_number, post_number, dev_number, local;
};

static void
skip_mark(const char **at)
{
	if (**at == '.' || **at == '-' || **at == '_')
		(*at)++;
}

/* One of the words behind a mark, and its number; *at stays otherwise. */
static int
pypi_word(const char **at, const char *const *words, size_t count,
    struct version_part *number)
{
	const char *from = *at;

	skip_mark(&from);
	const char *end = from;
	struct version_part word = version_take(&end, version_letter);
	for (size_t i = 0; i < count; i++) {
		if (!is_word(word, words[i]))
			continue;
		const char *next = end;
		skip_mark(&next);
		if (version_digit(*next))
			end = next;
		*number = version_take(&end, version_digit);
		*at = end;
		return (int)i;
	}
	return -1;
}

static bool
pypi_read(struct pypi_version *v, const char *text)
{
	static const char *const pre[] = {
	    "a", "alpha", "b", "beta", "c", "rc", "pre", "preview"};
	static const char *const post[] = {"post", "rev", "r"};
	static const char *const dev[] = {"dev"};
	size_t digits;
	int word;

	*v = (struct pypi_version){.pre = 3, .epoch = {"", 0}};
	text += *text == 'v' || *text == 'V';
	digits = strspn(text, "0123456789");
	if (digits > 0 && text[digits] == '!') {
		v->epoch = (struct version_part){text, digits};
		text += digits + 1;
	}
	v->release.at = text;
	for (;;) {
		if (version_take(&text, version_digit).size == 0)
			return false;
		if (*text != '.' || !version_digit(text[1]))
			break;
		text++;
	}
	v->release.size = (size_t)(text - v->release.at);
	if ((word = pypi_word(&text, pre, 8, &v->pre_number)) >= 0)
		v->pre = word / 2 < 2 ? word / 2 : 2;
	if (text[0] == '-' && version_digit(text[1])) {
		text++;
		v->post = true;
		v->post_number = version_take(&text, version_digit);
	} else
		v->post = pypi_word(&text, post, 3, &v->post_number) >= 0;
	v->dev = pypi_word(&text, dev, 1, &v->dev_number) >= 0;
	if (*text == '+' && text[1] != '\0') {
		v->local = version_part_of(text + 1);
		text += 1 +
		    strspn(text + 1, "0123456789abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-_");
	}
	return *text == '\0';
}

bool
version_pypi_valid(const char *text)
{
	struct pypi_version v;

	return version_text(text) && pypi_read(&v, text);
}

/* Numbers with dots between; those that lack are 0. */
static int
release_order(struct version_part a, struct version_part b)
{
	while (a.size > 0 || b.size > 0) {
		int order = version_value_order(
		    version_before(a, '.', &a), version_before(b, '.', &b));
		if (order != 0)
			return order;
	}
	return 0;
}

/* Parts between marks: words before numbers, and more parts are newer. */
static int
local_order(struct version_part a, struct version_part b)
{
	while (a.size > 0 && b.size > 0) {
		struct version_part x = {a.at, 0}, y = {b.at, 0};
		while (x.size < a.size && strchr(".-_", x.at[x.size]) == NULL)
			x.size++;
		while (y.size < b.size && strchr(".-_", y.at[y.size]) == NULL)
			y.size++;
		int order = is_number(x) != is_number(y)
		    ? (is_number(x) ? 1 : -1)
		    : is_number(x) ? version_value_order(x, y)
				   : folded_order(x, y);
		if (order != 0)
			return order;
		size_t m = x.size + (x.size < a.size);
		size_t n = y.size + (y.size < b.size);
		a = (struct version_part){a.at + m, a.size - m};
		b = (struct version_part){b.at + n, b.size - n};
	}
	return (a.size > 0) - (b.size > 0);
}

/* A development release of no pre-release is before all of those. */
static int
pypi_pre_rank(const struct pypi_version *v)
{
	return v->pre == 3 && !v->post && v->dev ? -1 : v->pre;
}

int
version_pypi_order(const char *a, const char *b)
{
	struct pypi_version x, y;
	int order;

	(void)pypi_read(&x, a);
	(void)pypi_read(&y, b);
	if ((order = version_value_order(x.epoch, y.epoch)) != 0 ||
	    (order = release_order(x.release, y.release)) != 0 ||
	    (order = pypi_pre_rank(&x) - pypi_pre_rank(&y)) != 0 ||
	    (order = version_value_order(x.pre_number, y.pre_number)) != 0 ||
	    (order = x.post - y.post) != 0 ||
	    (order = version_value_order(x.post_number, y.post_number)) != 0 ||
	    (order = y.dev - x.dev) != 0 ||
	    (order = version_value_order(x.dev_number, y.dev_number)) != 0)
		return version_sign(order);
	return local_order(x.local, y.local);
}

/* ---- RubyGems --------------------------------------------------------------- */

/* Segments of digits or letters; '-' stands for ".pre.". */
struct gem_walk {
	const char *at;
	bool pre; /* a dash was met, "pre" is next */
};

static struct version_part
gem_next(struct gem_walk *w)
{
	if (w->pre) {
		w->pre = false;
		return (struct version_part){"pre", 3};
	}
	while (*w->at == '.')
		w->at++;
	if (*w->at == '-') {
		w->at++;
		return (struct version_part){"pre", 3};
	}
	return version_take(&w->at,
	    version_digit(*w->at) ? version_digit : version_letter);
}

bool
version_gem_valid(const char *text)
{
	return version_text(text) && version_digit(*text) &&
	    text[strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-")] == '\0';
}

/* Words are before numbers, and what lacks is 0. */
int
version_gem_order(const char *a, const char *b)
{
	struct gem_walk x = {a, false}, y = {b, false};

	for (;;) {
		struct version_part p = gem_next(&x), q = gem_next(&y);
		bool word_p = p.size > 0 && !is_number(p);
		bool word_q = q.size > 0 && !is_number(q);
		int order = word_p != word_q ? (word_p ? -1 : 1)
		    : word_p		     ? version_bytes_order(p, q)
					     : version_value_order(p, q);
		if (order != 0)
			return order;
		if (p.size == 0 && q.size == 0)
			return 0;
	}
}

/* ---- Conan ------------------------------------------------------------------ */

/* *part keeps what follows it. */
static struct version_part
leading_number(struct version_part *part)
{
	struct version_part number = {part->at, 0};

	for (; part->size > 0 && version_digit(*part->at); part->at++) {
		part->size--;
		number.size++;
	}
	return number;
}

/*
 * By the number an item begins with, then by the text that follows; one that
 * begins with no number comes last. Conan compares as texts where one of two
 * items is no number, which puts 1 before 02, 0a before 1, and 02 before 0a;
 * a range needs an order.
 */
static int
conan_item_order(struct version_part x, struct version_part y)
{
	struct version_part n = leading_number(&x), m = leading_number(&y);
	bool word_x = n.size == 0 && x.size > 0;
	bool word_y = m.size == 0 && y.size > 0;
	int order = word_x != word_y ? (word_x ? 1 : -1)
				     : version_value_order(n, m);

	return order != 0 ? order : folded_order(x, y);
}

/* Zeros at the end do not count. */
static int
conan_items_order(struct version_part a, struct version_part b)
{
	while (a.size > 0 || b.size > 0) {
		struct version_part x = version_before(a, '.', &a);
		struct version_part y = version_before(b, '.', &b);
		int order = conan_item_order(x, y);
		if (order != 0)
			return order;
	}
	return 0;
}

struct conan_version {
	struct version_part items, pre, build;
};

static struct conan_version
conan_read(const char *text)
{
	struct conan_version v;

	v.items = version_before(version_part_of(text), '+', &v.build);
	v.items = version_before(v.items, '-', &v.pre);
	return v;
}

int
version_conan_order(const char *a, const char *b)
{
	struct conan_version x = conan_read(a), y = conan_read(b);
	int order = conan_items_order(x.items, y.items);

	if (order != 0)
		return order;
	if ((x.pre.at == NULL) != (y.pre.at == NULL))
		return x.pre.at == NULL ? 1 : -1;
	if ((order = conan_items_order(x.pre, y.pre)) != 0)
		return order;
	if ((x.build.at == NULL) != (y.build.at == NULL))
		return x.build.at == NULL ? -1 : 1;
	return conan_items_order(x.build, y.build);
}

/* ---- NuGet ------------------------------------------------------------------ */

static bool
nuget_read(const char *text, struct version_part *numbers,
    struct version_part *pre)
{
	struct version_part build;
	size_t count = 1;

	*numbers = version_before(version_part_of(text), '+', &build);
	*numbers = version_before(*numbers, '-', pre);
	for (size_t i = 0; i < numbers->size; i++) {
		bool dot = numbers->at[i] == '.';
		count += dot;
		if (!dot && !version_digit(numbers->at[i]))
			return false;
	}
	return numbers->size > 0 && count <= 4 && version_digit(*numbers->at);
}

bool
version_nuget_valid(const char *text)
{
	struct version_part numbers, pre;

	return version_text(text) && nuget_read(text, &numbers, &pre);
}

/* As a semantic version, but in any letter case. */
static int
nuget_pre_order(struct version_part a, struct version_part b)
{
	if (a.at == NULL || b.at == NULL)
		return (a.at == NULL) - (b.at == NULL);
	while (a.size > 0 && b.size > 0) {
		struct version_part x = version_before(a, '.', &a);
		struct version_part y = version_before(b, '.', &b);
		int order = is_number(x) != is_number(y)
		    ? (is_number(x) ? -1 : 1)
		    : is_number(x) ? version_value_order(x, y)
				   : folded_order(x, y);
		if (order != 0)
			return order;
	}
	return (a.size > 0) - (b.size > 0);
}

int
version_nuget_order(const char *a, const char *b)
{
	struct version_part x, y, x_pre, y_pre;
	int order;

	(void)nuget_read(a, &x, &x_pre);
	(void)nuget_read(b, &y, &y_pre);
	order = release_order(x, y);
	return order != 0 ? order : nuget_pre_order(x_pre, y_pre);
}
