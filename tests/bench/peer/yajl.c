/*
 * yajl.c FILE: MB a second that yajl parses into its tree, UTF-8 checked.
 */
#include <yajl/yajl_tree.h>

#include "tests/bench/bench.h"

static int
parse(void *context)
{
	yajl_val root = yajl_tree_parse(context, NULL, 0);

	if (root == NULL)
		return -1;
	yajl_tree_free(root);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t size;
	void *data;

	if (argc != 2)
		return 2;
	data = bench_file(&size, argv[1]);
	printf("%.6g\n", (double)size / 1e6 / bench_best(parse, data));
	return 0;
}
