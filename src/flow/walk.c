/*
 * walk.c - the files behind paths.
 */
#include "flow/walk.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/unpack.h"

struct walk {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	const struct walk_ops *ops;
	size_t files;
};

static bool
ends(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* As ends, of the name without ".gz" or ".zst". */
static bool
plain_ends(const char *name, const char *end)
{
	size_t n = unpack_plain_name(name), m = strlen(end);

	return n >= m && strncmp(name + n - m, end, m) == 0;
}

bool
walk_is_lines(const char *path)
{
	return plain_ends(path, ".jsonl");
}

static bool
is_document(const char *name)
{
	return plain_ends(name, ".json") || walk_is_lines(name);
}

static int
order_names(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

/* Names in a folder, sorted; readdir's order is the file system's. */
static int
list_folder(const void ***out, size_t *count, struct walk *w, const char *path)
{
	const void **list = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;
	DIR *dir = opendir(path);
	int rc = 0;

	if (dir == NULL)
		return err_system(w->err, "open", path);
	errno = 0;
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, ".git") == 0)
			continue;
		list = arena_grow(w->arena, list, n, &room, sizeof(*list),
		    w->err);
		char *name = list == NULL ?
		    NULL :
		    arena_print(w->arena, w->err, "%s%s%s", path,
			ends(path, "/") ? "" : "/", entry->d_name);
		if (name == NULL)
			rc = w->err->code;
		else
			list[n++] = name;
		errno = 0;
	}
	if (rc == 0 && errno != 0)
		rc = err_system(w->err, "read", path);
	(void)closedir(dir);
	if (rc == 0)
		rc = sort_pointers(list, n, order_names, NULL, w->arena,
		    w->err);
	*out = list;
	*count = n;
	return rc;
}

static int
take_file(struct walk *w, const char *path)
{
	if (++w->files > FILES_MAX)
		return err_set(w->err, VEXLOG_LIMIT, "more than %d files",
		    FILES_MAX);
	return w->ops->take(path, w->ops->context, w->err);
}

void
walk_hint_link(const char *path, struct vexlog_err *err)
{
	struct stat st;

	if (err->code == VEXLOG_IO && lstat(path, &st) == 0 &&
	    S_ISLNK(st.st_mode))
		err_hint(err,
		    "it is a link; what it leads to has to be named itself");
}

/* Folders nest at most FOLDER_DEPTH_MAX deep, so the stack is bounded. */
struct level {
	const void **names;
	size_t count, at;
	struct arena_mark mark;
	dev_t device;
	ino_t inode;
};

/* A link that leads back up. */
static bool
is_above(const struct level *levels, size_t depth, const struct stat *st)
{
	while (depth > 0)
		if (levels[--depth].device == st->st_dev &&
		    levels[depth].inode == st->st_ino)
			return true;
	return false;
}

/* No names when whoever walks took the folder as a whole. */
static int
open_folder(struct level *l, struct walk *w, const char *path)
{
	bool whole = false;
	int rc = w->ops->folder == NULL
	    ? 0
	    : w->ops->folder(&whole, path, w->ops->context, w->err);

	if (rc != 0 || whole)
		return rc;
	return list_folder(&l->names, &l->count, w, path);
}

static int
take_folder(struct walk *w, const char *path)
{
	struct level levels[FOLDER_DEPTH_MAX];
	struct stat st;
	size_t depth = 0;
	int rc;

	if (stat(path, &st) != 0)
		return err_system(w->err, "stat", path);
	for (;;) {
		if (path != NULL) {
			if (depth == FOLDER_DEPTH_MAX) {
				err_set(w->err, VEXLOG_LIMIT,
				    "folders more than %d deep",
				    FOLDER_DEPTH_MAX);
				return err_where(w->err, path);
			}
			struct level *l = &levels[depth++];
			l->mark = arena_mark(w->arena);
			l->at = l->count = 0;
			l->device = st.st_dev;
			l->inode = st.st_ino;
			rc = open_folder(l, w, path);
			if (rc == VEXLOG_IO && depth > 1 &&
			    w->ops->closed != NULL) {
				l->count = 0;
				walk_hint_link(path, w->err);
				w->ops->closed(path, w->ops->context, w->err);
			} else if (rc != 0)
				return rc;
			path = NULL;
		}
		if (depth == 0)
			return 0;
		struct level *l = &levels[depth - 1];
		if (l->at == l->count) {
			arena_back(w->arena, l->mark);
			depth--;
			continue;
		}
		const char *name = l->names[l->at++];
		if (stat(name, &st) != 0) {
			if (errno == ENOENT) /* a link that leads nowhere */
				continue;
			return err_system(w->err, "stat", name);
		}
		if (S_ISDIR(st.st_mode))
			path = is_above(levels, depth, &st) ? NULL : name;
		else if (S_ISREG(st.st_mode) && is_document(name) &&
		    (rc = take_file(w, name)) != 0)
			return rc;
	}
}

int
walk(const char *const *paths, size_t count, const struct walk_ops *ops,
    struct vexlog_err *err)
{
	struct walk w = {.err = err, .ops = ops};
	int rc = 0;

	/* a mistyped path is found before anything is taken in */
	for (size_t i = 0; i < count; i++) {
		struct stat st;
		if (strcmp(paths[i], "-") == 0 || stat(paths[i], &st) == 0)
			continue;
		if (errno != ENOENT && errno != ENOTDIR)
			return err_system(err, "stat", paths[i]);
		err_set(err, VEXLOG_NOT_FOUND,
		    "there is no such file or folder");
		return err_where(err, paths[i]);
	}
	if ((w.arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct stat st;
		if (strcmp(paths[i], "-") != 0 && stat(paths[i], &st) == 0 &&
		    S_ISDIR(st.st_mode))
			rc = take_folder(&w, paths[i]);
		else
			rc = take_file(&w, paths[i]);
	}
	vexlog_arena_close(w.arena);
	return rc;
}
