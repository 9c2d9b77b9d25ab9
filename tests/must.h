/*
 * must.h - memory that a test needs for itself: without it the test ends and
 * says so, rather than give NULL to what it tests. tap.h includes it.
 *
 * A name in brackets, (arena_print)(…), is the function as it is.
 */
#ifndef VEXLOG_TESTS_MUST_H
#define VEXLOG_TESTS_MUST_H

/* all headers that declare them go first */
#include "base/arena.h"
#include "base/hash.h"
#include "base/text.h"

__attribute__((unused)) static void *
must_have(void *got)
{
	if (got == NULL)
		bail("no memory for the test");
	return got;
}

#define arena_take(...)      must_have((arena_take)(__VA_ARGS__))
#define arena_zero(...)      must_have((arena_zero)(__VA_ARGS__))
#define arena_list(...)      must_have((arena_list)(__VA_ARGS__))
#define arena_text(...)      (char *)must_have((arena_text)(__VA_ARGS__))
#define arena_copy(...)      (char *)must_have((arena_copy)(__VA_ARGS__))
#define arena_join(...)      (char *)must_have((arena_join)(__VA_ARGS__))
#define arena_print(...)     (char *)must_have((arena_print)(__VA_ARGS__))
#define hash_digest_new(...) (char *)must_have((hash_digest_new)(__VA_ARGS__))
#define text_hex_new(...)    (char *)must_have((text_hex_new)(__VA_ARGS__))
#define text_base64(...)     (char *)must_have((text_base64)(__VA_ARGS__))
#define vexlog_arena_open(n) must_have((vexlog_arena_open)(n))

#endif
