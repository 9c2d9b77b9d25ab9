/*
 * tile_index.c - see tile_index.h.
 */
#include "tlog/tile_index.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sort.h"
#include "base/text.h"

#define FENCES_MAX (4096 * MIB)
#define TABLE_MAX  (4096 * MIB)
#define TABLE_MIN  ((size_t)1024)

/* SHA-256 spreads evenly; nobody gains by leaves that share 8 bytes. */
static uint64_t
key_of(const struct hash *leaf)
{
	uint64_t key = 0;

	for (int i = 0; i < 8; i++)
		key = key << 8 | leaf->bytes[i];
	return key;
}

/* ---- table -------------------------------------------------------------- */

static void
put_slot(struct tile_index *ix, uint64_t key, uint64_t place)
{
	size_t at = (size_t)(key >> 7) & (ix->room - 1);

	while (ix->table[at].index != 0)
		at = (at + 1) & (ix->room - 1);
	ix->table[at].key = key;
	ix->table[at].index = place + 1;
}

static int
grow_table(struct tile_index *ix, struct vexlog_err *err)
{
	struct vexlog_arena *old_arena = ix->table_arena, *arena;
	struct tile_index old = *ix;
	size_t room = ix->room == 0 ? TABLE_MIN : ix->room * 2;

	if ((arena = vexlog_arena_open(TABLE_MAX)) == NULL)
		return err_memory(err);
	ix->table = arena_list(arena, room, sizeof(*ix->table), err);
	if (ix->table == NULL) {
		ix->table = old.table;
		vexlog_arena_close(arena);
		return err->code;
	}
	ix->table_arena = arena;
	ix->room = room;
	for (size_t i = 0; i < old.room; i++)
		if (old.table[i].index != 0)
			put_slot(ix, old.table[i].key, old.table[i].index - 1);
	vexlog_arena_close(old_arena);
	return 0;
}

int
tile_index_add(struct tile_index *ix, const struct hash *leaf, uint64_t place,
    struct vexlog_err *err)
{
	int rc;

	if (ix->count >= ix->room / 2 && (rc = grow_table(ix, err)) != 0)
		return rc;
	put_slot(ix, key_of(leaf), place);
	ix->count++;
	ix->next = place + 1;
	return 0;
}

static void
empty_table(struct tile_index *ix)
{
	vexlog_arena_close(ix->table_arena);
	ix->table_arena = NULL;
	ix->table = NULL;
	ix->room = ix->count = 0;
}

/* ---- find --------------------------------------------------------------- */

struct search {
	struct tile_index *ix;
	const struct hash *leaf, *fresh;
	bool found;
	uint64_t place;
};

/* A place that has the leaf's key: does it have the leaf? */
static int
try_place(struct search *s, uint64_t place, struct vexlog_err *err)
{
	struct tile_log *log = s->ix->log;
	struct merkle_source source = tile_log_source(log);
	struct hash have;
	int rc;

	if (s->found && place >= s->place)
		return 0;
	if (place >= log->tree->size)
		have = s->fresh[place - log->tree->size];
	else if ((rc = source.get(&have, 0, place, log, err)) != 0)
		return rc;
	if (hash_same(&have, s->leaf)) {
		s->found = true;
		s->place = place;
	}
	return 0;
}

static int
find_in_run(struct search *s, const struct tile_run *run, uint64_t key,
    struct vexlog_err *err)
{
	struct tile_record records[TILE_INDEX_IN_BLOCK];
	uint64_t low = 0, high = run->blocks;
	unsigned count;
	int rc;

	/* the first block that begins at or past the key; the one before it
	 * may hold the key too */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (run->fence[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	for (uint64_t b = low > 0 ? low - 1 : 0;
	     b < run->blocks && run->fence[b] <= key; b++) {
		rc = tile_run_block(records, &count, run, s->ix, b, err);
		for (unsigned i = 0; i < count && rc == 0; i++) {
			if (records[i].key != key)
				continue;
			if (records[i].index < run->first ||
			    records[i].index >= run->end) {
				s->ix->damaged = true;
				return err_set(err, VEXLOG_BAD_PROOF,
				    "the index is damaged");
			}
			rc = try_place(s, records[i].index, err);
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
tile_index_find(bool *found, uint64_t *place, struct tile_index *ix,
    const struct hash *leaf, const struct hash *fresh, struct vexlog_err *err)
{
	struct search s = {.ix = ix, .leaf = leaf, .fresh = fresh};
	uint64_t key = key_of(leaf);
	int rc = 0;

	for (size_t i = 0; i < ix->run_count && !s.found && rc == 0; i++)
		rc = find_in_run(&s, &ix->runs[i], key, err);
	if (rc != 0)
		return rc;
	if (!s.found && ix->room > 0)
		for (size_t at = (size_t)(key >> 7) & (ix->room - 1);
		     ix->table[at].index != 0 && rc == 0;
		     at = (at + 1) & (ix->room - 1))
			if (ix->table[at].key == key)
				rc =
				    try_place(&s, ix->table[at].index - 1, err);
	if (rc != 0)
		return rc;
	*found = s.found;
	*place = s.place;
	return 0;
}

/* ---- new runs ----------------------------------------------------------- */

static int
by_key(const void *a, const void *b, void *context)
{
	const struct tile_record *x = a, *y = b;

	(void)context;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

struct sorted {
	const void **list;
	size_t at;
};

static int
next_sorted(struct tile_record *out, void *context, struct vexlog_err *err)
{
	struct sorted *s = context;

	(void)err;
	*out = *(const struct tile_record *)s->list[s->at++];
	return 0;
}

/* The table as a run. */
static int
write_table(struct tile_run *out, struct tile_index *ix, uint64_t first,
    struct vexlog_err *err)
{
	struct vexlog_arena *arena = ix->log->scratch;
	struct tile_record *records =
	    arena_list(arena, ix->count, sizeof(*records), err);
	struct sorted sorted = {
	    arena_list(arena, ix->count, sizeof(void *), err), 0};
	size_t count = 0;
	int rc;

	if (records == NULL || sorted.list == NULL)
		return err->code;
	for (size_t i = 0; i < ix->room; i++) {
		if (ix->table[i].index == 0)
			continue;
		records[count] = (struct tile_record){
		    ix->table[i].key, ix->table[i].index - 1};
		sorted.list[count] = &records[count];
		count++;
	}
	rc = sort_pointers(sorted.list, count, by_key, NULL, arena, err);
	return rc != 0 ? rc
		       : tile_run_write(out, ix, first, ix->next, next_sorted,
			     &sorted, err);
}

/* Reads a run from its begin. */
struct reader {
	struct tile_index *ix;
	const struct tile_run *run;
	struct tile_record records[TILE_INDEX_IN_BLOCK];
	unsigned at, count;
	uint64_t block;
	bool done;
};

static int
reader_fill(struct reader *r, struct vexlog_err *err)
{
	r->at = r->count = 0;
	if (r->block == r->run->blocks) {
		r->done = true;
		return 0;
	}
	return tile_run_block(
	    r->records, &r->count, r->run, r->ix, r->block++, err);
}

static int
next_merged(struct tile_record *out, void *context, struct vexlog_err *err)
{
	struct reader *pair = context, *r;
	int rc;

	for (int i = 0; i < 2; i++)
		if (pair[i].at == pair[i].count && !pair[i].done &&
		    (rc = reader_fill(&pair[i], err)) != 0)
			return rc;
	if (pair[0].done && pair[1].done) {
		pair[0].ix->damaged = true;
		return err_set(err, VEXLOG_BAD_PROOF, "the index is damaged");
	}
	r = pair[1].done ||
		(!pair[0].done &&
		    by_key(&pair[0].records[pair[0].at],
			&pair[1].records[pair[1].at], NULL) < 0)
	    ? &pair[0]
	    : &pair[1];
	*out = r->records[r->at++];
	return 0;
}

static void
unlink_run(const struct tile_index *ix, const struct tile_run *run)
{
	struct vexlog_err err;
	char *path = arena_print(ix->log->scratch, &err, "%s/index/%llu-%llu",
	    ix->log->folder, (unsigned long long)run->first,
	    (unsigned long long)run->end);

	if (path != NULL)
		(void)unlink(path);
}

/* Merges the last runs while the one before is not longer. */
static int
merge_runs(struct tile_index *ix, struct vexlog_err *err)
{
	struct reader *pair;
	int rc;

	while (ix->run_count >= 2) {
		struct tile_run *a = &ix->runs[ix->run_count - 2], *b = a + 1;
		struct tile_run merged;
		if (a->end - a->first > b->end - b->first)
			return 0;
		pair = arena_list(ix->log->scratch, 2, sizeof(*pair), err);
		if (pair == NULL)
			return err->code;
		pair[0].ix = pair[1].ix = ix;
		pair[0].run = a;
		pair[1].run = b;
		rc = tile_run_write(
		    &merged, ix, a->first, b->end, next_merged, pair, err);
		if (rc != 0)
			return rc;
		unlink_run(ix, a);
		unlink_run(ix, b);
		tile_run_close(a);
		tile_run_close(b);
		*a = merged;
		ix->run_count--;
	}
	return 0;
}

static int
make_folder(struct tile_index *ix, struct vexlog_err *err)
{
	char *path =
	    arena_print(ix->log->scratch, err, "%s/index", ix->log->folder);

	if (path == NULL)
		return err->code;
	if (mkdir(path, 0755) == 0)
		return file_sync_folder(path, err);
	return errno == EEXIST ? 0 : err_system(err, "mkdir", path);
}

/* What the table holds goes into a run once it is long enough. */
static int
settle(struct tile_index *ix, struct vexlog_err *err)
{
	uint64_t first =
	    ix->run_count > 0 ? ix->runs[ix->run_count - 1].end : 0;
	struct arena_mark mark = arena_mark(ix->log->scratch);
	struct tile_run run;
	int rc;

	if (ix->next - first < TILE_INDEX_RUN)
		return 0;
	if (ix->run_count == TILE_INDEX_RUNS)
		return err_set(err, VEXLOG_LIMIT, "too many runs in the index");
	if ((rc = make_folder(ix, err)) == 0 &&
	    (rc = write_table(&run, ix, first, err)) == 0) {
		ix->runs[ix->run_count++] = run;
		empty_table(ix);
		rc = merge_runs(ix, err);
	}
	arena_back(ix->log->scratch, mark);
	return rc;
}

/* ---- follow the log ----------------------------------------------------- */

int
tile_index_follow(struct tile_index *ix, struct vexlog_err *err)
{
	uint64_t size = ix->log->tree->size;
	struct hash hashes[TILE_WIDTH];
	struct vexlog_err ignored;
	unsigned width;
	int rc;

	while (ix->next < size) {
		rc = tile_log_hashes(
		    hashes, &width, ix->log, 0, ix->next / TILE_WIDTH, err);
		if (rc != 0)
			return rc;
		for (unsigned i = (unsigned)(ix->next % TILE_WIDTH); i < width;
		     i++)
			if ((rc = tile_index_add(
				 ix, &hashes[i], ix->next, err)) != 0)
				return rc;
		/* Without a run the table grows, which costs memory alone: no
		 * reason to refuse an entry. */
		if (ix->next % TILE_INDEX_RUN == 0)
			(void)settle(ix, &ignored);
	}
	(void)settle(ix, &ignored);
	return 0;
}

/* "0-65536"; false for other names. */
static bool
read_name(uint64_t *first, uint64_t *end, const char *name)
{
	const char *dash = strchr(name, '-');

	return dash != NULL &&
	    text_decimal(first, name, (size_t)(dash - name), INT64_MAX) &&
	    text_decimal(end, dash + 1, strlen(dash + 1), INT64_MAX) &&
	    *first < *end;
}

/* The run that begins at first and reaches farthest, or *found false. */
static int
next_run(struct tile_run *out, bool *found, struct tile_index *ix, DIR *dir,
    uint64_t first, struct vexlog_err *err)
{
	uint64_t limit = ix->log->tree->size + 1;

	*found = false;
	/* a run that does not hold gives way to the next shorter one */
	while (!*found && limit > first) {
		struct dirent *d;
		uint64_t begin, end, best = 0;
		int rc;
		rewinddir(dir);
		while ((d = readdir(dir)) != NULL)
			if (read_name(&begin, &end, d->d_name) &&
			    begin == first && end < limit && end > best)
				best = end;
		if (best == 0)
			return 0;
		if ((rc = tile_run_open(out, found, ix, first, best, err)) != 0)
			return rc;
		limit = best;
	}
	return 0;
}

/* Files that are in no use: merged, half written, of another history. */
static void
drop_others(const struct tile_index *ix, DIR *dir, const char *folder)
{
	struct dirent *d;
	char path[4096];

	rewinddir(dir);
	while ((d = readdir(dir)) != NULL) {
		uint64_t first, end;
		bool used = d->d_name[0] == '.';
		for (size_t i = 0; i < ix->run_count && !used; i++)
			used = read_name(&first, &end, d->d_name) &&
			    first == ix->runs[i].first &&
			    end == ix->runs[i].end;
		int n =
		    snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		if (!used && n > 0 && (size_t)n < sizeof(path))
			(void)unlink(path);
	}
}

static int
open_runs(struct tile_index *ix, struct vexlog_err *err)
{
	char *folder =
	    arena_print(ix->log->scratch, err, "%s/index", ix->log->folder);
	bool found = true;
	int rc = 0;
	DIR *dir;

	if (folder == NULL)
		return err->code;
	if ((dir = opendir(folder)) == NULL)
		return errno == ENOENT ? 0 : err_system(err, "open", folder);
	while (found && rc == 0 && ix->run_count < TILE_INDEX_RUNS) {
		struct tile_run *run = &ix->runs[ix->run_count];
		rc = next_run(run, &found, ix, dir, ix->next, err);
		if (rc == 0 && found) {
			ix->run_count++;
			ix->next = run->end;
		}
	}
	if (rc == 0)
		drop_others(ix, dir, folder);
	(void)closedir(dir);
	return rc;
}

int
tile_index_open(
    struct tile_index **out, struct tile_log *log, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(FENCES_MAX);
	struct arena_mark mark = arena_mark(log->scratch);
	struct tile_index *ix;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	if ((ix = arena_zero(arena, sizeof(*ix), err)) == NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	ix->arena = arena;
	ix->log = log;
	if ((rc = open_runs(ix, err)) == 0)
		rc = tile_index_follow(ix, err);
	arena_back(log->scratch, mark);
	if (rc != 0)
		tile_index_close(ix);
	else
		*out = ix;
	return rc;
}

void
tile_index_close(struct tile_index *ix)
{
	if (ix == NULL)
		return;
	for (size_t i = 0; i < ix->run_count; i++)
		tile_run_close(&ix->runs[i]);
	vexlog_arena_close(ix->table_arena);
	vexlog_arena_close(ix->arena);
}

int
tile_index_remove(const struct tile_log *log, struct vexlog_err *err)
{
	struct tile_index none = {.run_count = 0};
	char *folder = arena_print(log->scratch, err, "%s/index", log->folder);
	DIR *dir;

	if (folder == NULL)
		return err->code;
	if ((dir = opendir(folder)) == NULL)
		return errno == ENOENT ? 0 : err_system(err, "open", folder);
	drop_others(&none, dir, folder);
	(void)closedir(dir);
	return 0;
}
