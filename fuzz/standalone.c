/*
 * standalone.c - run a fuzz target over the files of a folder, without
 * libFuzzer: TAP, one line a file. A folder without files is a failure.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
run(const char *folder, const char *name)
{
	char path[4096];
	FILE *f;
	long size;
	uint8_t *data;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((f = fopen(path, "rb")) == NULL || fseek(f, 0, SEEK_END) != 0 ||
	    (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		return -1;
	/* exactly as large as the input, so that one byte more is seen */
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data == NULL || fread(data, 1, (size_t)size, f) != (size_t)size)
		return -1;
	(void)fclose(f);
	int rc = LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return rc;
}

int
main(int argc, char **argv)
{
	struct dirent **list;
	int count, ran = 0;

	if (argc != 2 || (count = scandir(argv[1], &list, NULL, by_name)) < 0) {
		printf("Bail out! usage: fuzz_NAME FOLDER\n");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		if (list[i]->d_name[0] != '.') {
			int rc = run(argv[1], list[i]->d_name);
			printf("%sok %d - %s\n", rc == 0 ? "" : "not ", ++ran,
			    list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	if (ran == 0)
		printf("not ok %d - the corpus is empty\n", ++ran);
	printf("1..%d\n", ran);
	return 0;
}
