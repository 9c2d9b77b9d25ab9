/*
 * cases.h - for tests over a folder of JSON files: walk it in a fixed order,
 * read each, and say what an allocation that fails did.
 */
#ifndef VEXLOG_TESTS_CASES_H
#define VEXLOG_TESTS_CASES_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"
#include "json/json.h"

/* Calls run for each .json below folder; returns how many. */
__attribute__((unused)) static int
cases_walk(const char *folder, void (*run)(const char *path, void *context),
    void *context)
{
	struct dirent **list;
	int count = scandir(folder, &list, NULL, alphasort), ran = 0;

	if (count < 0)
		bail("there is no folder %s", folder);
	for (int i = 0; i < count; i++) {
		const char *name = list[i]->d_name;
		size_t size = strlen(name);
		struct stat st;
		char path[4096];
		(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (name[0] != '.' && stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode)) {
				ran += cases_walk(path, run, context);
			} else if (size > 5 &&
			    strcmp(name + size - 5, ".json") == 0) {
				run(path, context);
				ran++;
			}
		}
		free(list[i]);
	}
	free(list);
	return ran;
}

__attribute__((unused)) static struct json_doc
cases_read(struct vexlog_arena *arena, const char *path)
{
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	struct json_doc doc;

	if (file_read(&bytes, arena, path, CONFIG_SIZE_MAX, &err) != 0 ||
	    json_read(&doc, arena, bytes, JSON_TAKE_NUL, &err) != 0)
		bail("%s: %s", path, err.message);
	return doc;
}

/* "folder/name.json" of a path. */
__attribute__((unused)) static const char *
cases_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	while (slash != NULL && slash > path && slash[-1] != '/')
		slash--;
	return slash == NULL ? path : slash;
}

/*
 * Calls run with the first, then the second allocation failing, and so on,
 * until it gives 0 without any of them failing. Every run before that has to
 * fail, or say 0 where it can do without.
 */
__attribute__((unused)) static void
cases_without_memory(const char *name,
    int (*run)(void *context, struct vexlog_err *err), void *context)
{
	long n = 1, odd = 0;
	struct vexlog_err err;

	for (; n < 100000; n++) {
		memset(&err, 0, sizeof(err));
		arena_fail_in = n;
		int rc = run(context, &err);
		bool reached = arena_fail_in == 0;
		arena_fail_in = 0;
		if (rc > 0 || (rc < 0 && err.message[0] == '\0'))
			odd++;
		if (!reached) {
			ok(rc == 0 && odd == 0,
			    "%s: %ld allocations failed in turn, no crash",
			    name, n - 1);
			return;
		}
	}
	ok(false, "%s: allocations do not come to an end", name);
}

#endif
