/*
 * policies.c - the policies that stored verdicts name, each read once.
 */
#include "flow/policies.h"

#include "base/limits.h"
#include "flow/verdict.h"

int
policies_open(struct policies *p, struct store *store, struct vexlog_err *err)
{
	*p = (struct policies){
	    .arena = vexlog_arena_open(JOB_ARENA_MAX), .store = store};
	if (p->arena == NULL)
		return err_memory(err);
	map_open(&p->index, p->arena);
	return 0;
}

void
policies_close(struct policies *p)
{
	vexlog_arena_close(p->arena);
	p->arena = NULL;
}

int
policies_get(const struct vexlog_policy **out, struct policies *p,
    const char *digest, struct vexlog_err *err)
{
	const char *name = digest == NULL ? "" : digest;
	size_t at;

	if (map_get(&p->index, name, strlen(name), &at)) {
		*out = p->list[at];
		return 0;
	}
	int rc = verdict_policy(out, p->arena, p->store, digest, err);
	if (rc != 0)
		return rc;
	p->list = arena_grow(
	    p->arena, p->list, p->count, &p->room, sizeof(*p->list), err);
	if (p->list == NULL || (name = arena_copy(p->arena, name, err)) == NULL)
		return err->code;
	rc = map_put(&p->index, name, strlen(name), p->count, &at, err);
	if (rc < 0)
		return rc;
	p->list[p->count++] = *out;
	return 0;
}
