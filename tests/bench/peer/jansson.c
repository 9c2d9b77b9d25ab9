/*
 * jansson.c FILE: MB a second that jansson parses, duplicate names refused.
 */
#include <jansson.h>

#include "tests/bench/bench.h"

struct text {
	const char *data;
	size_t size;
};

static int
parse(void *context)
{
	const struct text *t = context;
	json_t *root = json_loadb(t->data, t->size, JSON_REJECT_DUPLICATES,
	    NULL);

	if (root == NULL)
		return -1;
	json_decref(root);
	return 0;
}

int
main(int argc, char **argv)
{
	struct text t;

	if (argc != 2)
		return 2;
	t.data = (const char *)bench_file(&t.size, argv[1]);
	printf("%.6g\n", (double)t.size / 1e6 / bench_best(parse, &t));
	return 0;
}
