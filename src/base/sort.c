/*
 * sort.c - bottom-up merge sort over pointers; short runs by insertion.
 */
#include "base/sort.h"

#include <string.h>

#define RUN 8

typedef int order_fn(const void *, const void *, void *);

static void
insertion(const void **list, size_t count, order_fn *order, void *context)
{
	for (size_t i = 1; i < count; i++) {
		const void *item = list[i];
		size_t j = i;
		while (j > 0 && order(list[j - 1], item, context) > 0) {
			list[j] = list[j - 1];
			j--;
		}
		list[j] = item;
	}
}

static void
merge(const void **to, const void **from, size_t middle, size_t end,
    order_fn *order, void *context)
{
	size_t a = 0, b = middle;

	for (size_t i = 0; i < end; i++)
		if (b >= end ||
		    (a < middle && order(from[a], from[b], context) <= 0))
			to[i] = from[a++];
		else
			to[i] = from[b++];
}

int
sort_pointers(const void **list, size_t count, order_fn *order, void *context,
    struct vexlog_arena *arena, struct vexlog_err *err)
{
	for (size_t i = 0; i < count; i += RUN)
		insertion(list + i, count - i < RUN ? count - i : RUN, order,
		    context);
	if (count <= RUN)
		return 0;
	struct arena_mark mark = arena_mark(arena);
	const void **spare = arena_list(arena, count, sizeof(*spare), err);
	if (spare == NULL)
		return err == NULL ? VEXLOG_NO_MEMORY : err->code;
	const void **from = list, **to = spare;
	for (size_t width = RUN; width < count; width *= 2) {
		for (size_t i = 0; i < count; i += 2 * width) {
			size_t left = count - i;
			merge(to + i, from + i, width < left ? width : left,
			    2 * width < left ? 2 * width : left, order,
			    context);
		}
		const void **swap = from;
		from = to;
		to = swap;
	}
	if (from != list)
		memcpy(list, from, count * sizeof(*list));
	arena_back(arena, mark);
	return 0;
}
