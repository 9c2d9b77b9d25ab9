/*
 * version_os.c - versions of Linux distributions' packages: deb
 * (deb-version(7)), rpm (rpmvercmp), alpm (vercmp(8)), ebuild and apk.
 */
#include "vex/version_parts.h"

/* ---- epoch:version-release ----------------------------------------------- */

struct package_version {
	struct version_part epoch, version, release;
};

/* The release is behind the last '-'; at NULL: there is none. */
static struct package_version
split(const char *text)
{
	struct package_version v = {{"0", 1}, {text, strlen(text)}, {NULL, 0}};
	size_t digits = strspn(text, "0123456789");

	if (digits > 0 && text[digits] == ':') {
		v.epoch.at = text;
		v.epoch.size = digits;
		v.version.at += digits + 1;
		v.version.size -= digits + 1;
	}
	for (size_t i = v.version.size; i > 0; i--)
		if (v.version.at[i - 1] == '-') {
			v.release.at = v.version.at + i;
			v.release.size = v.version.size - i;
			v.version.size = i - 1;
			break;
		}
	return v;
}

/* ---- deb ------------------------------------------------------------------ */

bool
version_deb_valid(const char *text)
{
	struct package_version v = split(text);

	return version_text(text) && v.version.size > 0 &&
	    version_digit(v.version.at[0]);
}

/* '~' before the end, the end before letters, letters before the rest. */
static int
deb_weight(struct version_part p)
{
	if (p.size == 0 || version_digit(*p.at))
		return 0;
	if (*p.at == '~')
		return -1;
	return version_letter(*p.at) ? (unsigned char)*p.at
				     : (unsigned char)*p.at + 256;
}

static void
skip(struct version_part *p)
{
	p->at++;
	p->size--;
}

static struct version_part
take_digits(struct version_part *p)
{
	struct version_part out = {p->at, 0};

	for (; p->size > 0 && version_digit(*p->at); skip(p))
		out.size++;
	return out;
}

static int
deb_part_order(struct version_part a, struct version_part b)
{
	while (a.size > 0 || b.size > 0) {
		while ((a.size > 0 && !version_digit(*a.at)) ||
		    (b.size > 0 && !version_digit(*b.at))) {
			int order = deb_weight(a) - deb_weight(b);
			if (order != 0)
				return version_sign(order);
			/* weights are equal and not both 0 */
			skip(&a);
			skip(&b);
		}
		struct version_part x = take_digits(&a), y = take_digits(&b);
		int order = version_value_order(x, y);
		if (order != 0)
			return order;
	}
	return 0;
}

int
version_deb_order(const char *a, const char *b)
{
	struct package_version x = split(a), y = split(b);
	int order = version_value_order(x.epoch, y.epoch);

	if (order == 0)
		order = deb_part_order(x.version, y.version);
	return order != 0 ? order : deb_part_order(x.release, y.release);
}

/* ---- rpm and alpm --------------------------------------------------------- */

bool
version_rpm_valid(const char *text)
{
	struct package_version v = split(text);

	return version_text(text) && v.version.size > 0;
}

static bool
starts(struct version_part p, char c)
{
	return p.size > 0 && *p.at == c;
}

/* '~' and '^' mean something to rpm alone. */
static size_t
skip_separators(struct version_part *p, bool alpm)
{
	size_t n = 0;

	for (; p->size > 0 && !version_digit(*p->at) &&
	     !version_letter(*p->at) &&
	     (alpm || (*p->at != '~' && *p->at != '^'));
	     n++)
		skip(p);
	return n;
}

static struct version_part
take_letters(struct version_part *p)
{
	struct version_part out = {p->at, 0};

	for (; p->size > 0 && version_letter(*p->at); skip(p))
		out.size++;
	return out;
}

/* '~' before the end, '^' after it; both present are passed over. Returns
 * true when that decides. */
static bool
rpm_marks(struct version_part *a, struct version_part *b, int *order)
{
	for (;;) {
		if (starts(*a, '~') || starts(*b, '~')) {
			if (!starts(*a, '~') || !starts(*b, '~')) {
				*order = starts(*a, '~') ? -1 : 1;
				return true;
			}
		} else if (starts(*a, '^') || starts(*b, '^')) {
			if (a->size == 0 || b->size == 0) {
				*order = a->size == 0 ? -1 : 1;
				return true;
			}
			if (!starts(*a, '^') || !starts(*b, '^')) {
				*order = starts(*a, '^') ? -1 : 1;
				return true;
			}
		} else
			return false;
		skip(a);
		skip(b);
		(void)skip_separators(a, false);
		(void)skip_separators(b, false);
	}
}

static int
rpm_part_order(struct version_part a, struct version_part b, bool alpm)
{
	for (;;) {
		int order = 0;
		size_t m = skip_separators(&a, alpm);
		size_t n = skip_separators(&b, alpm);
		if (!alpm && rpm_marks(&a, &b, &order))
			return order;
		/* vercmp(8): ".a" that is left over is newer, "a" is not */
		if (alpm && (a.size == 0) != (b.size == 0) && m + n > 0)
			return a.size > 0 ? 1 : -1;
		if (a.size == 0 || b.size == 0)
			break;
		if (alpm && m != n)
			return m < n ? -1 : 1;
		bool digits = version_digit(*a.at);
		struct version_part x =
		    digits ? take_digits(&a) : take_letters(&a);
		struct version_part y =
		    digits ? take_digits(&b) : take_letters(&b);
		/* numbers are newer than letters */
		if (y.size == 0)
			return digits ? 1 : -1;
		order = digits ? version_value_order(x, y)
			       : version_bytes_order(x, y);
		if (order != 0)
			return order;
	}
	if (a.size == 0 && b.size == 0)
		return 0;
	/* what is left over is newer, but for vercmp(8) not letters */
	bool longer_a = a.size > 0;
	bool letters = version_letter(longer_a ? *a.at : *b.at);
	return longer_a != (alpm && letters) ? 1 : -1;
}

static int
package_order(const char *a, const char *b, bool alpm)
{
	struct package_version x = split(a), y = split(b);
	int order = version_value_order(x.epoch, y.epoch);

	if (order == 0)
		order = rpm_part_order(x.version, y.version, alpm);
	/* a version without a release stands for all of them */
	if (order == 0 && x.release.at != NULL && y.release.at != NULL)
		order = rpm_part_order(x.release, y.release, alpm);
	return order;
}

int
version_rpm_order(const char *a, const char *b)
{
	return package_order(a, b, false);
}

int
version_alpm_order(const char *a, const char *b)
{
	return package_order(a, b, true);
}

/* ---- ebuild (PMS 3.2, 3.3) and apk ----------------------------------------- */

/* Suffixes in their order; 0 is that of a version without one. */
static const struct {
	const char *word;
	int rank;
	bool apk_only;
} suffixes[] = {
    {"alpha", -4, false},
    {"beta", -3, false},
    {"pre", -2, false},
    {"rc", -1, false},
    {"cvs", 1, true},
    {"svn", 2, true},
    {"git", 3, true},
    {"hg", 4, true},
    {"p", 5, false},
};

struct suffix {
	int rank;
	struct version_part number;
};

/* False: there is no more. */
static bool
next_suffix(const char **at, bool apk, struct suffix *out)
{
	*out = (struct suffix){0, {NULL, 0}};
	if (**at != '_')
		return false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i].word);
		if (strncmp(*at + 1, suffixes[i].word, n) != 0 ||
		    version_letter((*at)[1 + n]) ||
		    (suffixes[i].apk_only && !apk))
			continue;
		*at += 1 + n;
		out->rank = suffixes[i].rank;
		out->number = version_take(at, version_digit);
		return true;
	}
	return false;
}

static bool
ebuild_valid(const char *text, bool apk)
{
	struct suffix suffix;

	if (!version_text(text) || !version_digit(*text))
		return false;
	while (version_digit(*text)) {
		(void)version_take(&text, version_digit);
		if (*text == '.' && version_digit(text[1]))
			text++;
	}
	if (*text >= 'a' && *text <= 'z')
		text++;
	while (next_suffix(&text, apk, &suffix))
		;
	if (apk && *text == '~') /* a commit */
		text += 1 + strspn(text + 1, "0123456789abcdef");
	if (text[0] == '-' && text[1] == 'r' && version_digit(text[2])) {
		text += 2;
		(void)version_take(&text, version_digit);
	}
	return *text == '\0';
}

/* The first number by value, the others as fractions where one begins with
 * a zero; more numbers are newer. */
static int
numbers_order(const char **a, const char **b)
{
	for (size_t i = 0;; i++) {
		struct version_part x = version_take(a, version_digit);
		struct version_part y = version_take(b, version_digit);
		int order;
		if (i > 0 && (*x.at == '0' || *y.at == '0')) {
			while (x.size > 0 && x.at[x.size - 1] == '0')
				x.size--;
			while (y.size > 0 && y.at[y.size - 1] == '0')
				y.size--;
			order = version_bytes_order(x, y);
		} else
			order = version_value_order(x, y);
		if (order != 0)
			return order;
		bool more_a = **a == '.' && version_digit((*a)[1]);
		bool more_b = **b == '.' && version_digit((*b)[1]);
		if (!more_a || !more_b)
			return more_a - more_b;
		(*a)++;
		(*b)++;
	}
}

static int
ebuild_order(const char *a, const char *b, bool apk)
{
	struct suffix x, y;
	int order = numbers_order(&a, &b);
	bool more;

	if (order != 0)
		return order;
	char m = *a >= 'a' && *a <= 'z' ? *a++ : '\0';
	char n = *b >= 'a' && *b <= 'z' ? *b++ : '\0';
	if (m != n)
		return m < n ? -1 : 1;
	do {
		more = next_suffix(&a, apk, &x);
		more = next_suffix(&b, apk, &y) || more;
		if (x.rank != y.rank)
			return x.rank < y.rank ? -1 : 1;
		if ((order = version_value_order(x.number, y.number)) != 0)
			return order;
	} while (more);
	if (*a == '~')
		a += 1 + strspn(a + 1, "0123456789abcdef");
	if (*b == '~')
		b += 1 + strspn(b + 1, "0123456789abcdef");
	return version_value_order(
	    version_part_of(strncmp(a, "-r", 2) == 0 ? a + 2 : ""),
	    version_part_of(strncmp(b, "-r", 2) == 0 ? b + 2 : ""));
}

bool
version_gentoo_valid(const char *text)
{
	return ebuild_valid(text, false);
}

int
version_gentoo_order(const char *a, const char *b)
{
	return ebuild_order(a, b, false);
}

bool
version_apk_valid(const char *text)
{
	return ebuild_valid(text, true);
}

int
version_apk_order(const char *a, const char *b)
{
	return ebuild_order(a, b, true);
}
