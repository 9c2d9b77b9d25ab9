/*
 * postgres_test.c - what only a store behind a network can meet: no server,
 * no right, no schema, a connection that breaks; and that a password is in no
 * message. Needs the cluster of tests/store/postgres.sh.
 */
#include "tests/store.h"

static const char *tcp_url, *password;

static int
try_open(const char *at, bool migrate)
{
	const struct store_options options = {.url = at,
	    .tenant = "t",
	    .now = test_clock,
	    .now_context = &clock_now,
	    .migrate = migrate};
	struct store *store;
	int rc = store_open(&store, &options, &err);

	if (rc == 0)
		store_close(store);
	return rc;
}

/* The same server, another database or user. */
static char *
url_of(const char *user, const char *with, const char *database)
{
	const char *host = strchr(tcp_url, '@');

	return arena_print(arena, &err, "postgresql://%s:%s%.*s/%s", user, with,
	    (int)strcspn(host, "/"), host, database);
}

static void
run_script(const char *at, const char *sql)
{
	const struct store_options options = {.url = at, .tenant = "t"};
	struct store *store;

	if (core_open(&store, &options, &err) != 0 ||
	    store->ops->script(store->backend, sql, &err) != 0)
		bail("%s: %s", sql, err.message);
	store_close(store);
}

static bool
hides(const char *secret)
{
	return strstr(err.message, secret) == NULL &&
	    strstr(err.where, secret) == NULL &&
	    strstr(err.hint, secret) == NULL;
}

static void
test_addresses(void)
{
	static const struct {
		const char *url, *shown;
	} cases[] = {
	    {"postgresql://me:s3cret@db.example:5433/vex",
		"postgresql://me@/vex?host=db.example&port=5433"},
	    {"postgres://me@db.example/vex?sslmode=verify-full&"
	     "password=s3cret",
		"postgresql://me@/vex?host=db.example&sslmode=verify-full"},
	    {"postgresql://%2Frun%2Fpg/vex?user=me&sslpassword=s3cret",
		"postgresql://me@/vex?host=%2Frun%2Fpg"},
	    {"postgresql://me:s3cret%40?x@a:5433,b:5434/vex",
		"postgresql://me@/vex?host=a,b&port=5433,5434"},
	};
	static const char *const bad[] = {
	    "postgresql://me:s3c@ret@db.example/vex",
	    "postgresql://me:s3cr?x@ret@db.example/vex",
	    "postgresql://me:s3cret/x@db.example/vex",
	    "postgresql://me:s3cret%zz@db.example/vex",
	    "postgresql://db.example/vex?pasword=s3cret",
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		is_text(store_postgres.shown(arena, cases[i].url, &err),
		    cases[i].shown, "a URL is shown without its password");
	for (size_t i = 0; i < COUNT(bad); i++) {
		is_int(try_open(bad[i], false), VEXLOG_MISUSE,
		    "a URL that can't be read is refused");
		ok(hides("s3c") && hides("ret@"), "without showing it");
	}
}

static void
test_no_server(void)
{
	char *wrong = url_of("postgres", "s3cret", "postgres");

	is_int(try_open("postgresql://me:s3cret@127.0.0.1:1/vex", false),
	    VEXLOG_UNREACHABLE, "no server is UNREACHABLE");
	has_text(err.where, "127.0.0.1", "it says where");
	ok(hides("s3cret"), "and not the password");
	is_int(try_open("postgresql://me:s3cret@no.invalid/vex", false),
	    VEXLOG_UNREACHABLE, "no such host is UNREACHABLE");
	ok(hides("s3cret"), "and the password is not told");
	is_int(try_open(wrong, false), VEXLOG_IO, "a wrong password is IO");
	has_text(err.message, "28P01", "with its SQLSTATE");
	ok(hides("s3cret"), "and the password is not told");
	is_int(try_open(url_of("postgres", password, "nowhere"), false),
	    VEXLOG_NOT_FOUND, "a database that is not there is NOT_FOUND");
	has_text(err.hint, "createdb", "and the hint says what to do");
	ok(hides(password), "and the password is not told");
	is_int(try_open(arena_print(arena, &err, "%s?sslmode=require", tcp_url),
		   false),
	    VEXLOG_IO, "a server without TLS, where TLS is required, is IO");
	has_text(err.hint, "sslmode", "and the hint says what to look at");
	ok(hides(password), "and the password is not told");
}

static void
test_schema(void)
{
	struct store_options options = {
	    .url = url_of("postgres", password, "online"), .tenant = "t"};
	const struct store_migration *list;
	size_t count, applied;

	is_int(try_open(tcp_url, false), VEXLOG_IO,
	    "a database without a schema is IO");
	has_text(err.hint, "run vexlog init", "and the hint says what to do");
	is_int(try_open(tcp_url, true), 0, "init makes it");
	is_int(try_open(tcp_url, false), 0, "then it opens");

	run_script(tcp_url, "create database online");
	is_int(store_migrations(&list, &count, arena, &options, &err), 0,
	    "migrations of an empty database");
	ok(count == 2 && list[0].applied_at == TIME_NONE &&
		list[1].applied_at == TIME_NONE &&
		text_same(list[1].version, "20260117"),
	    "are not applied");
	is_int(store_migrate(&applied, &options, true, &err), 0,
	    "migrations: online");
	is_int((int64_t)applied, 2, "both");
	is_int(store_migrate(&applied, &options, true, &err), 0,
	    "migrations: online again");
	is_int((int64_t)applied, 0, "nothing to do");
	run_script(options.url,
	    "delete from vex.migrations where version = '20260117';"
	    "drop index vex.idx_vex_observations_rekor_uuid");
	is_int(try_open(options.url, false), VEXLOG_IO, "an old schema is IO");
	has_text(err.hint, "vexlog migrate up", "with the command to run");
	is_int(store_migrate(&applied, &options, true, &err), 0,
	    "migrations: online completes what is missing");
	is_int((int64_t)applied, 1, "one");
	run_script(options.url,
	    "do $$ begin assert to_regclass("
	    "'vex.idx_vex_observations_rekor_uuid') is not null; end $$");
	ok(true, "with its index");
}

/* As the program should run: a login that is no superuser and no owner. */
static void
test_rights(void)
{
	const char *app = url_of("app", "pw", "postgres");
	const char *reader = url_of("reader", "pw", "postgres");
	struct vexlog_observation *list =
	    claims_about("CVE-2026-0001", "pkg:npm/a", 5);
	struct store_options options = {.url = app,
	    .tenant = "rights",
	    .now = test_clock,
	    .now_context = &clock_now};
	struct vexlog_observations found;
	struct vexlog_filter filter = ANY;
	struct store *store;
	struct store_job job;
	size_t n;

	run_script(tcp_url,
	    "create role app login password 'pw' in role vexlog_app;"
	    "create role reader login password 'pw' in role vexlog_reader");
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	is_int((int64_t)put(store, list, 5), 5, "the program's role puts");
	is_int((int64_t)find(&found, store, &filter), 5, "finds");
	is_int(claim_job(&job, store, "w", 5), 0, "claims");
	is_int(link_to(store, list[0].id, 3), STORE_LINKED, "and links");

	/* past the statements' own "tenant = $1": row-level security */
	is_int(store->ops->begin(store->backend, &err), 0, "another tenant");
	is_int(store->ops->script(store->backend,
		   "select set_config('app.tenant_id', 'other', true);"
		   "do $$ begin assert (select count(*) from "
		   "vex.observations) = 0; end $$",
		   &err),
	    0, "sees no row at all");
	is_int(store->ops->script(store->backend,
		   "update vex.observations set rekor_uuid = 'x' "
		   "where tenant = 'rights'",
		   &err),
	    0, "and changes none");
	store->ops->rollback(store->backend);
	is_int(store->ops->script(store->backend,
		   "do $$ begin assert (select count(*) from "
		   "vex.observations) = 0; end $$",
		   &err),
	    0, "nor does a session that names no tenant");
	is_int(store->ops->script(
		   store->backend, "delete from vex.migrations", &err),
	    VEXLOG_IO, "a right that is missing is IO");
	has_text(err.hint, "vexlog_app", "and the hint names the role");
	store_close(store);

	options.url = reader;
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	is_int((int64_t)find(&found, store, &filter), 5, "a reader finds");
	is_int(store_put_observations(&n, store, list, 5, &err), VEXLOG_IO,
	    "and may not put");
	has_text(err.message, "42501", "with its SQLSTATE");
	store_close(store);
	is_int(try_open(app, true), 0,
	    "init by the program's role, when all is applied");
}

/* All other connections of ours break, as after a restart of the server. */
static void
break_others(struct store *store)
{
	if (store->ops->script(store->backend,
		"do $$ begin for i in 0..500 loop "
		"perform pg_stat_clear_snapshot(); "
		"perform pg_terminate_backend(pid) from pg_stat_activity "
		"where application_name = 'vexlog' "
		"and pid <> pg_backend_pid(); "
		"exit when not found; "
		"perform pg_sleep(0.01); "
		"end loop; end $$",
		&err) != 0)
		bail("terminate: %s", err.message);
}

static void
test_broken(void)
{
	struct store *store = open_as("broken"), *other = open_as("other");
	struct vexlog_observation *list =
	    claims_about("CVE-2026-0001", "pkg:npm/a", 5);
	struct vexlog_observations found;
	struct vexlog_filter filter = ANY;
	size_t n;

	(void)put(store, list, 2);
	break_others(other);
	is_int((int64_t)find(&found, store, &filter), 2,
	    "a read after the connection broke is done again");
	break_others(other);
	is_int((int64_t)put(store, list, 5), 3,
	    "a write after the connection broke is done again");
	break_others(other);
	is_int(store_begin(store, &err), 0, "and so is a begin");
	is_int(store_put_observations(&n, store, list, 5, &err), 0, "a call");
	break_others(other);
	is_int(store_put_observations(&n, store, list, 5, &err),
	    VEXLOG_UNREACHABLE, "in the middle it is UNREACHABLE");
	is_int(store_commit(store, &err), VEXLOG_MISUSE, "nothing is kept");
	is_int((int64_t)find(&found, store, &filter), 5, "then all is well");

	is_int(store->ops->begin(store->backend, &err), 0, "begin");
	is_int(store->ops->script(store->backend,
		   "set local statement_timeout = '20ms'; select pg_sleep(10)",
		   &err),
	    VEXLOG_UNREACHABLE, "a statement that takes too long");
	has_text(err.message, "57014", "is stopped by the server");
	store->ops->rollback(store->backend);
	is_int(store->ops->script(store->backend,
		   "do $$ begin assert current_setting('application_name') = "
		   "'vexlog'; end $$",
		   &err),
	    0, "application_name is vexlog");
	store_close(store);
	store_close(other);
}

/* One that waits for ten minutes is told at once: else this test ends by its
 * own time limit. */
static void
test_told(void)
{
	enum { TEN_MINUTES = 600000 };
	const struct vexlog_bytes payload = text_bytes("a statement");
	struct store *store = open_as("told"), *other = open_as("told");

	is_int(store_wait(store, TEN_MINUTES, &err), 0,
	    "the first wait looks at once");
	(void)put(other, claims_about("CVE-2026-0001", "pkg:npm/a", 2), 2);
	is_int(store_wait(store, TEN_MINUTES, &err), 0,
	    "an ingest wakes who waits");
	is_int(store_enqueue(other, "verdict", "v1", payload, &err), 0,
	    "a verdict");
	is_int(store_wait(store, TEN_MINUTES, &err), 0, "does too");
	break_others(other);
	is_int(store_wait(store, TEN_MINUTES, &err), 0,
	    "and so does a connection that broke");
	is_int(store_wait(store, TEN_MINUTES, &err), 0,
	    "the new one looks at once");
	(void)put(other, claims_about("CVE-2026-0001", "pkg:npm/a", 3), 3);
	is_int(store_wait(store, TEN_MINUTES, &err), 0, "and is told");
	is_int(store_wait(store, 1, &err), 0, "when nothing comes it ends");
	store_close(store);
	store_close(other);
}

static void
test_warning(void)
{
	struct store_options options = {.url = tcp_url, .tenant = "t"};
	struct store *store;

	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	has_text(store_warning(store), "login postgres is a superuser",
	    "a superuser's connection has a warning");
	store_close(store);
	run_script(tcp_url,
	    "create role sees_all login password 'pw' bypassrls "
	    "in role vexlog_app");
	options.url = url_of("sees_all", "pw", "postgres");
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	has_text(store_warning(store), "login sees_all has BYPASSRLS",
	    "and so has one with BYPASSRLS");
	store_close(store);
	options.url = url_of("app", "pw", "postgres");
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	is_text(store_warning(store), NULL, "the program's own has none");
	store_close(store);
}

/* As on a cluster whose rows are spread by bucket: every observation is
 * claimed once, and the members of a job stand in the order of the queue. */
static void
test_buckets(void)
{
	struct store *store = open_new();
	bool ordered = true;
	size_t claimed = 0, jobs = 0, linked = 0;
	struct store_job job;
	int rc;

	for (int64_t i = 0; i < 100; i++) {
		clock_now += 1000;
		(void)put(store,
		    claims_about(numbered("CVE-2026-7", i), "pkg:npm/a", 3), 3);
	}
	/* the keys of distribute.sql */
	run_script(tcp_url,
	    "alter table vex.observations drop constraint "
	    "pk_vex_observations, add constraint pk_vex_observations primary "
	    "key (tenant, bucket, observation_id);"
	    "create index idx_vex_observations_id on vex.observations "
	    "(tenant, observation_id);"
	    "create index idx_vex_observations_bucket_pending on "
	    "vex.observations (tenant, bucket, created_at, observation_id) "
	    "where rekor_uuid is null");
	while ((rc = claim_job(&job, store, "w", 64)) == 0) {
		for (size_t i = 0; i < job.member_count; i++)
			linked += link_to(store, job.members[i].id, job.id) ==
			    STORE_LINKED;
		for (size_t i = 1; i < job.member_count; i++) {
			const struct vexlog_observation *a =
			    &job.members[i - 1];
			const struct vexlog_observation *b = &job.members[i];
			ordered = ordered &&
			    (a->created_at < b->created_at ||
				(a->created_at == b->created_at &&
				    strcmp(a->id, b->id) < 0));
		}
		claimed += job.member_count;
		jobs++;
	}
	run_script(tcp_url,
	    "drop index vex.idx_vex_observations_bucket_pending, "
	    "vex.idx_vex_observations_id;"
	    "alter table vex.observations drop constraint "
	    "pk_vex_observations, add constraint pk_vex_observations primary "
	    "key (tenant, observation_id)");
	is_int(rc, VEXLOG_NOT_FOUND, "claims by bucket, until none is left");
	is_int((int64_t)claimed, 300, "all of them, once");
	is_int((int64_t)jobs, 5, "in full batches");
	is_int((int64_t)linked, 300, "and links them");
	ok(ordered, "each in the order of the queue");
	store_close(store);
}

/* What went in comes out, at the ends of what a column can hold. */
static int
take_values(const struct store_value *v, size_t count, void *context,
    struct vexlog_err *failure)
{
	bool *good = context;

	(void)failure;
	*good = count == 7 && v[0].integer == INT64_MIN && v[1].integer == -7 &&
	    v[2].integer == 1 && v[3].integer == INT64_MAX &&
	    v[4].integer == INT64_MIN && v[5].bytes.size == 0 && !v[5].null &&
	    v[6].bytes.size == 4 && memcmp(v[6].bytes.data, "\0\1\2\3", 4) == 0;
	return 0;
}

static void
test_values(void)
{
	const struct store_value values[] = {value_integer(INT64_MIN),
	    value_small(-7), value_bool(true), value_moment(INT64_MAX),
	    value_moment(INT64_MIN), value_text(""),
	    value_bytes((struct vexlog_bytes){(const uint8_t *)"\0\1\2\3", 4})};
	struct store *store = open_new();
	bool good = false;

	is_int(store->ops->query(store->backend, SQL_find_all,
		   "select $1, $2, $3, $4, $5, $6, $7", values, COUNT(values),
		   &(struct store_rows){take_values, &good}, NULL, &err),
	    0, "a row of each type");
	ok(good, "comes back as it was");
	store_close(store);
}

int
main(void)
{
	start_tests();
	tcp_url = getenv("PG_TCP_URL");
	password = getenv("PG_PASSWORD");
	if (tcp_url == NULL || password == NULL)
		bail("run this by tests/store/postgres.sh");
	test_addresses();
	test_no_server();
	test_schema();
	test_rights();
	test_broken();
	test_told();
	test_warning();
	test_buckets();
	test_values();
	return end_tests();
}
