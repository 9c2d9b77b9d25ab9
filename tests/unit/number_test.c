/*
 * number_test.c - RFC 8785 3.2.2.3: the text of a double is the shortest that
 * reads back, and of those the closest.
 *
 * Checked by properties over all powers of two, their neighbours and random
 * doubles, by RFC 8785's appendix B, and by the 46 powers of two that a plain
 * "%.*e" loop gets wrong (Python's repr as the oracle).
 */
#include <math.h>

#include "base/file.h"
#include "base/limits.h"
#include "tests/tap.h"
#include "json/json.h"

static double
from_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static uint64_t
to_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* 2 to the power; the bits of a subnormal are its multiple of 2^-1074. */
static double
two_to(int exponent)
{
	if (exponent < -1022)
		return from_bits((uint64_t)1 << (exponent + 1074));
	return from_bits((uint64_t)(exponent + 1023) << 52);
}

static void
test_appendix_b(void)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} samples[] = {
	    {0x0000000000000000, "0"},
	    {0x8000000000000000, "0"},
	    {0x0000000000000001, "5e-324"},
	    {0x8000000000000001, "-5e-324"},
	    {0x7fefffffffffffff, "1.7976931348623157e+308"},
	    {0xffefffffffffffff, "-1.7976931348623157e+308"},
	    {0x4340000000000000, "9007199254740992"},
	    {0xc340000000000000, "-9007199254740992"},
	    {0x4430000000000000, "295147905179352830000"},
	    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
	    {0x44b52d02c7e14af6, "1e+23"},
	    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
	    {0x444b1ae4d6e2ef4e, "999999999999999700000"},
	    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
	    {0x444b1ae4d6e2ef50, "1e+21"},
	    {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
	    {0x3eb0c6f7a0b5ed8d, "0.000001"},
	    {0x41b3de4355555553, "333333333.3333332"},
	    {0x41b3de4355555554, "333333333.33333325"},
	    {0x41b3de4355555555, "333333333.3333333"},
	    {0x41b3de4355555556, "333333333.3333334"},
	    {0x41b3de4355555557, "333333333.33333343"},
	    {0xbecbf647612f3696, "-0.0000033333333333333333"},
	    {0x43143ff3c1cb0959, "1424953923781206.2"},
	};
	char text[32];

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		json_number(text, from_bits(samples[i].bits));
		is_text(text, samples[i].text, "as RFC 8785 has it");
	}
}

/* Significant digits, without the zeros that only hold the place. */
static int
digits_of(const char *text)
{
	char digits[32];
	int n = 0, first = 0;

	for (; *text != '\0' && *text != 'e'; text++)
		if (*text >= '0' && *text <= '9')
			digits[n++] = *text;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	while (first < n - 1 && digits[first] == '0')
		first++;
	return n - first;
}

/* Does a text of so many digits read back? printf gives the nearest one; the
 * one above and the one below it are made from the integer of its digits. */
static bool
some_reads_back(double value, int digits)
{
	char text[64], other[64];

	(void)snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	char *e = strchr(text, 'e');
	int exponent = (int)strtol(e + 1, NULL, 10) - (digits - 1);
	uint64_t whole = 0;
	for (char *c = text; c < e; c++)
		if (*c >= '0' && *c <= '9')
			whole = whole * 10 + (uint64_t)(*c - '0');
	for (int step = -1; step <= 1; step++) {
		(void)snprintf(other, sizeof(other), "%" PRIu64 "e%d",
		    step < 0 ? whole - 1 : whole + (uint64_t)step, exponent);
		if (strtod(other, NULL) == value)
			return true;
	}
	return false;
}

/* What is wrong with the text of a positive finite double, or NULL. */
static const char *
wrong(double value)
{
	char text[32], nearest[64];
	double back;

	json_number(text, value);
	int digits = digits_of(text);
	if (strtod(text, NULL) != value)
		return "does not read back";
	if (!json_double(&back, text) || back != value)
		return "json_double reads another value";
	if (digits > 1 && some_reads_back(value, digits - 1))
		return "is not the shortest";
	/* of texts with so many digits the nearest one is printf's, where it
	 * reads back */
	(void)snprintf(nearest, sizeof(nearest), "%.*e", digits - 1, value);
	if (strtod(nearest, NULL) == value) {
		long double ours = strtold(text, NULL) - (long double)value;
		long double theirs =
		    strtold(nearest, NULL) - (long double)value;
		if ((ours < 0 ? -ours : ours) > (theirs < 0 ? -theirs : theirs))
			return "is not the closest";
	}
	return NULL;
}

static void
check_all(const char *name, double (*get)(size_t), size_t count)
{
	size_t bad = 0;

	for (size_t i = 0; i < count; i++) {
		double value = get(i);
		const char *why = wrong(value);
		if (why != NULL && bad++ < 10)
			printf("# %a %s\n", value, why);
	}
	ok(bad == 0, "%zu %s: shortest, closest, read back", count, name);
}

static double
power(size_t i)
{
	return two_to((int)i - 1074);
}

static double
above(size_t i)
{
	return from_bits(to_bits(power(i)) + 1);
}

static double
below(size_t i)
{
	return from_bits(to_bits(power(i + 1)) - 1);
}

/* The same numbers in each run. */
static double
some(size_t i)
{
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x = (x ^ x >> 31) & 0x7fffffffffffffff;
	double value = from_bits(x);
	return isfinite(value) && value > 0 ? value : 1;
}

static double
decimal(size_t i)
{
	return (double)(i + 1) / 1000;
}

static void
test_hard_powers(struct vexlog_arena *arena)
{
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	size_t count = 0, bad = 0;

	if (file_read(&bytes, arena, data_path("json/powers.txt"), MIB, &err) !=
	    0)
		bail("%s", err.message);
	const char *line = (const char *)bytes.data;
	const char *stop = line + bytes.size;
	while (line < stop) {
		char text[32], *end;
		int exponent = (int)strtol(line, &end, 10);
		size_t size = strcspn(++end, "\n");
		json_number(text, two_to(exponent));
		bad += strlen(text) != size || memcmp(text, end, size) != 0;
		count++;
		line = end + size + 1;
	}
	is_int((int64_t)count, 46, "powers of two that are hard");
	is_int((int64_t)bad, 0, "as Python writes them");
}

static void
test_reading(void)
{
	double value = 0;

	ok(json_double(&value, "1e308") && value == 1e308, "reads 1e308");
	ok(!json_double(&value, "1e309"), "1e309 is past a double");
	ok(!json_double(&value, "-1e400"), "so is -1e400");
	ok(json_double(&value, "1e-400") && value == 0,
	    "1e-400 is nearest to 0");
	ok(json_double(&value, "2.2250738585072011e-308") &&
		value == 0x0.fffffffffffffp-1022,
	    "the largest subnormal");
	ok(json_double(&value, "1.5,2") && value == 1.5, "as far as it goes");
	char zeros[301];
	memset(zeros, '0', sizeof(zeros));
	zeros[0] = '1';
	zeros[300] = '\0';
	ok(json_double(&value, zeros) && value == 1e299,
	    "a number of 300 digits");
}

int
main(void)
{
	struct vexlog_arena *arena = vexlog_arena_open(MIB);

	test_appendix_b();
	check_all("powers of two", power, 2098);
	check_all("doubles just above one", above, 2097);
	check_all("doubles just below one", below, 2097);
	check_all("doubles at random", some, 20000);
	check_all("thousandths", decimal, 5000);
	test_hard_powers(arena);
	test_reading();
	vexlog_arena_close(arena);
	return tap_done();
}
