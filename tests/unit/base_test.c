/*
 * base_test.c - arena, text, time, sort, map, buffer.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "tests/tap.h"

static void
test_time(void)
{
	static const struct {
		const char *in, *out, *why;
	} cases[] = {
	    {"2026-01-12T08:30:00.25Z", "2026-01-12T08:30:00.25Z", NULL},
	    {"2026-01-12T08:30:00.2500000009+02:00", "2026-01-12T06:30:00.25Z",
		NULL},
	    {"1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z",
		NULL},
	    {"2024-02-29t00:00:00z", "2024-02-29T00:00:00Z", NULL},
	    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", NULL},
	    {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z",
		NULL},
	    {"2023-02-29T00:00:00Z", NULL, "there is no such day"},
	    {"2026-01-12T08:30:60Z", NULL, "second 60"},
	    {"2026-01-12T08:30:00", NULL, "time zone is missing"},
	    {"2026-01-12T08:30:00.Z", NULL, "no digit"},
	    {"2026-01-12 08:30:00Z", NULL, "not an RFC 3339"},
	    {"0000-01-12T08:30:00Z", NULL, "year"},
	    {"0001-01-01T00:00:00+00:01", NULL, "year in UTC"},
	    {"2026-01-12T08:30:00Zx", NULL, "more text"},
	};
	char text[TIME_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *why = "";
		int64_t time;
		bool good = time_read(&time, cases[i].in, &why);
		if (cases[i].out == NULL) {
			ok(!good, "refuses %s", cases[i].in);
			has_text(why, cases[i].why, "and says why");
			continue;
		}
		if (!ok(good, "reads %s", cases[i].in))
			continue;
		time_write(text, time);
		is_text(text, cases[i].out, "and writes it shortest");
	}
	int64_t zero;
	const char *why;
	ok(time_read(&zero, "1970-01-01T00:00:00Z", &why) && zero == 0,
	    "1970 is zero");
	time_write_full(text, 250000);
	is_text(text, "1970-01-01T00:00:00.250000Z", "six digits for cursors");
}

static void
test_base64(struct vexlog_arena *arena)
{
	static const struct {
		const char *text;
		bool standard, any;
	} cases[] = {{"", true, true}, {"Zg==", true, true},
	    {"Zg", false, true}, {"Zh==", false, false}, {"Zm8=", true, true},
	    {"Zm9v", true, true}, {"-_8=", false, true}, {"Z", false, false},
	    {"Zg=", false, false}, {"Zm9v=", false, false},
	    {"Z g=", false, false}, {"====", false, false}};
	struct vexlog_bytes out;
	struct vexlog_err err;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *t = cases[i].text;
		int strict = text_unbase64(
		    &out, arena, t, strlen(t), BASE64_STANDARD, &err);
		int any = text_unbase64(
		    &out, arena, t, strlen(t), BASE64_ANY, &err);
		ok(strict == (cases[i].standard ? 0 : VEXLOG_SYNTAX),
		    "base64 \"%s\" strict", t);
		ok(any == (cases[i].any ? 0 : VEXLOG_SYNTAX),
		    "base64 \"%s\" any", t);
	}
	arena_fail_in = 1;
	is_int(text_unbase64(&out, arena, "Zg==", 4, BASE64_ANY, &err),
	    VEXLOG_NO_MEMORY, "base64 without memory is no bad base64");
	arena_fail_in = 0;
	uint8_t bytes[256];
	bool same = true;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		bytes[n] = (uint8_t)(n * 7);
		struct vexlog_bytes in = {bytes, n};
		char *text = text_base64(arena, in, &err);
		same &= text_unbase64(&out, arena, text, strlen(text),
			    BASE64_STANDARD, &err) == 0 &&
		    out.size == n && memcmp(out.data, bytes, n) == 0;
	}
	ok(same, "base64 goes there and back for 0 to 255 bytes");
}

static int
order_texts(const void *a, const void *b, void *context)
{
	(*(size_t *)context)++;
	return ((const char *)a)[0] - ((const char *)b)[0];
}

static void
test_sort(struct vexlog_arena *arena)
{
	static char texts[1000][2];
	const void *list[1000];
	struct vexlog_err err;
	size_t compared = 0;
	unsigned seed = 7;
	bool sorted = true;

	for (int i = 0; i < 1000; i++) {
		seed = seed * 1103515245 + 12345;
		texts[i][0] = (char)(seed >> 16 & 15);
		list[i] = texts[i];
	}
	is_int(sort_pointers(list, 1000, order_texts, &compared, arena, &err),
	    0, "sorts 1000 pointers");
	for (int i = 1; i < 1000; i++) {
		const char *a = list[i - 1], *b = list[i];
		sorted &= a[0] < b[0] || (a[0] == b[0] && a < b);
	}
	ok(sorted, "in order, equal ones as they came");
	ok(compared < 12000, "with %zu comparisons", compared);
}

static void
test_map(struct vexlog_arena *arena)
{
	struct vexlog_err err;
	struct map map;
	size_t value, found;
	bool good = true;

	map_open(&map, arena);
	ok(!map_get(&map, "a", 1, &value), "an empty map has nothing");
	for (size_t i = 0; i < 5000; i++) {
		char *name = arena_print(arena, &err, "name-%zu", i);
		good &= map_put(&map, name, strlen(name), i, &found, &err) == 0;
	}
	ok(good, "puts 5000 names");
	is_int(map_put(&map, "name-77", 7, 1, &found, &err), 1,
	    "a name is put once");
	is_int((int64_t)found, 77, "and keeps its value");
	ok(map_get(&map, "name-4999", 9, &value) && value == 4999, "finds");
	ok(!map_get(&map, "name-5000", 9, &value), "finds no other");
}

static void
test_arena(void)
{
	struct vexlog_arena *arena = vexlog_arena_open(100000);
	struct vexlog_err err;

	ok((arena_take)(arena, 100001, &err) == NULL &&
		err.code == VEXLOG_LIMIT,
	    "an arena keeps its limit");
	char *first = arena_text(arena, "hello", 5, &err);
	struct arena_mark mark = arena_mark(arena);
	(void)arena_take(arena, 50000, &err);
	arena_back(arena, mark);
	is_text(first, "hello", "what was before a mark stays");
	char *grown = arena_extend(arena, first, 6, 60000, &err);
	is_text(grown, "hello", "a piece grows with its content");
	arena_fail_in = 1;
	ok((arena_take)(arena, 1, &err) == NULL && err.code == VEXLOG_NO_MEMORY,
	    "a failed allocation is NO_MEMORY");
	ok(arena_take(arena, 1, &err) != NULL, "and only that one");
	vexlog_arena_close(arena);
	vexlog_arena_close(NULL);

	arena = vexlog_arena_open(1000000);
	struct buffer b;
	struct vexlog_bytes out;
	buffer_open(&b, arena, 1000);
	for (int i = 0; i < 100; i++)
		buffer_print(&b, "%s", "0123456789");
	is_int(buffer_finish(&b, &out, &err), VEXLOG_LIMIT,
	    "a buffer keeps its maximum (it needs one byte for the NUL)");
	vexlog_arena_close(arena);
}

static void
test_text(struct vexlog_arena *arena)
{
	struct vexlog_err err;
	uint64_t n;

	is_text(text_trim(arena, " \t a b\n", &err), "a b", "trims");
	is_text(text_percent(arena, "a/b c\xc3\xa4~", &err), "a%2Fb%20c%C3%A4~",
	    "percent-encodes");
	ok(text_matches("pkg:rpm/redhat/x", "pkg:*/redhat/*"), "'*' matches");
	ok(!text_matches("pkg:rpm/suse/x", "pkg:*/redhat/*"), "or not");
	ok(text_matches("aaab", "*ab"), "after trying again");
	ok(text_decimal(&n, "18446744073709551615", 20, UINT64_MAX) &&
		n == UINT64_MAX,
	    "the largest decimal");
	ok(!text_decimal(&n, "18446744073709551616", 20, UINT64_MAX), "no more");
	ok(!text_decimal(&n, "01", 2, 10) && !text_decimal(&n, "", 0, 10) &&
		!text_decimal(&n, "+1", 2, 10),
	    "no zeros in front, no sign");
	static const char *const bad[] = {"\xc0\xaf", "\xed\xa0\x80", "\xff",
	    "\xf4\x90\x80\x80", "\xe2\x82", "\x80"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		is_int((int64_t)text_utf8_valid(bad[i], strlen(bad[i])), 0,
		    "bad UTF-8");
	const char *good = "a\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e";
	is_int((int64_t)text_utf8_valid(good, strlen(good)), 10, "good UTF-8");
	is_text(text_utf8(arena, "a\xc3\xa4", &err), "a\xc3\xa4",
	    "what is UTF-8 stays");
	is_text(text_utf8(arena, "\xe4 a\xc3\xa4\xe2\x82z\xff", &err),
	    "\xef\xbf\xbd a\xc3\xa4\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd",
	    "of the rest each byte is U+FFFD");
	ok(text_is_digest("sha256:" "0123456789abcdef0123456789abcdef"
				    "0123456789abcdef0123456789abcdef"),
	    "a digest");
	ok(!text_is_digest("sha256:" "0123456789ABCDEF0123456789abcdef"
				     "0123456789abcdef0123456789abcdef"),
	    "not in upper case");
	char digest[DIGEST_TEXT];
	is_int(hash_digest(digest, text_bytes("{}"), &err), 0, "hashes");
	is_text(digest,
	    "sha256:"
	    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
	    "SHA-256 of {}");
}

int
main(void)
{
	struct vexlog_arena *arena = vexlog_arena_open((size_t)1 << 24);

	test_time();
	test_base64(arena);
	test_sort(arena);
	test_map(arena);
	test_arena();
	test_text(arena);
	vexlog_arena_close(arena);
	return tap_done();
}
