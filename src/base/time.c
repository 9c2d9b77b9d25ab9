/*
 * time.c - RFC 3339 to microseconds and back, by arithmetic alone: no
 * gmtime, no locale, no time zone data.
 */
#include "base/time.h"

#include <string.h>
#include <time.h>

/* Days from 1970-01-01 to the first of March of year y's cycle: months are
 * counted from March so that the leap day comes last. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static void
civil_from_days(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

static bool
digits(const char **p, int count, int64_t *out)
{
	int64_t value = 0;

	for (int i = 0; i < count; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*out = value;
	return true;
}

static bool
one_of(const char **p, const char *set)
{
	if (**p == '\0' || strchr(set, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

static int64_t
month_days(int64_t y, int64_t m)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31};

	if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
		return 29;
	return days[m - 1];
}

static bool
fail(const char **why, const char *text)
{
	*why = text;
	return false;
}

#define YEAR_MIN_MICROS (-62135596800 * SECOND)	 /* 0001-01-01 */
#define YEAR_END_MICROS (253402300800 * SECOND) /* 10000-01-01 */

bool
time_read(int64_t *out, const char *text, const char **why)
{
	const char *p = text;
	int64_t y, m, d, h, min, s, micros = 0, zone = 0;

	if (!digits(&p, 4, &y) || !one_of(&p, "-") || !digits(&p, 2, &m) ||
	    !one_of(&p, "-") || !digits(&p, 2, &d) || !one_of(&p, "Tt") ||
	    !digits(&p, 2, &h) || !one_of(&p, ":") || !digits(&p, 2, &min) ||
	    !one_of(&p, ":") || !digits(&p, 2, &s))
		return fail(why, "not an RFC 3339 date-time");
	if (y < 1)
		return fail(why, "the year is not 0001 to 9999");
	if (m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return fail(why, "there is no such day");
	if (h > 23 || min > 59)
		return fail(why, "there is no such time of day");
	if (s > 59)
		return fail(why, "second 60 and above are not accepted");
	if (*p == '.') {
		const char *first = ++p;
		for (int64_t unit = SECOND / 10; *p >= '0' && *p <= '9';
		     p++, unit /= 10)
			micros += unit * (*p - '0');
		if (p == first)
			return fail(why, "no digit after the decimal point");
	}
	if (!one_of(&p, "Zz")) {
		int64_t sign = *p == '-' ? -1 : 1;
		int64_t zh, zm;
		if (*p == '\0')
			return fail(why, "the time zone is missing");
		if (!one_of(&p, "+-") || !digits(&p, 2, &zh) ||
		    !one_of(&p, ":") || !digits(&p, 2, &zm) || zh > 23 ||
		    zm > 59)
			return fail(why, "the time zone is not Z or +hh:mm");
		zone = sign * (zh * 60 + zm);
	}
	if (*p != '\0')
		return fail(why, "there is more text after the time");
	int64_t seconds = days_from_civil(y, m, d) * 86400 + h * 3600 +
	    min * 60 + s - zone * 60;
	int64_t time = seconds * SECOND + micros;
	if (time < YEAR_MIN_MICROS || time >= YEAR_END_MICROS)
		return fail(why, "the year in UTC is not 0001 to 9999");
	*out = time;
	return true;
}

/* count digits of value, 0 in front, and what stands behind them */
static char *
put_digits(char *to, int64_t value, int count, char behind)
{
	for (int i = count - 1; i >= 0; i--, value /= 10)
		to[i] = (char)('0' + value % 10);
	to[count] = behind;
	return to + count + 1;
}

static int64_t
clamp(int64_t time)
{
	if (time < YEAR_MIN_MICROS)
		return YEAR_MIN_MICROS;
	return time >= YEAR_END_MICROS ? YEAR_END_MICROS - 1 : time;
}

/* By hand: snprintf would be a third of what hashing a claim costs. */
void
time_write_full(char out[TIME_TEXT], int64_t time)
{
	/* counted from year 1, so that nothing is negative */
	int64_t micros = clamp(time) - YEAR_MIN_MICROS;
	int64_t seconds = micros / SECOND, y, m, d;
	char *to = out;

	civil_from_days(seconds / 86400 + YEAR_MIN_MICROS / SECOND / 86400, &y,
	    &m, &d);
	to = put_digits(to, y, 4, '-');
	to = put_digits(to, m, 2, '-');
	to = put_digits(to, d, 2, 'T');
	to = put_digits(to, seconds / 3600 % 24, 2, ':');
	to = put_digits(to, seconds / 60 % 60, 2, ':');
	to = put_digits(to, seconds % 60, 2, '.');
	to = put_digits(to, micros % SECOND, 6, 'Z');
	*to = '\0';
}

void
time_write(char out[TIME_TEXT], int64_t time)
{
	time_write_full(out, time);
	char *end = out + 25;
	while (*end == '0')
		end--;
	if (*end != '.')
		end++;
	end[0] = 'Z';
	end[1] = '\0';
}

int64_t
time_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}
