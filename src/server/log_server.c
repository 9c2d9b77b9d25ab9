/*
 * log_server.c - see log_server.h: opens the log, listens, waits for the
 * signal, and ends in good order.
 */
#include "server/log_server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "server/listen.h"
#include "server/log_api.h"

#define THREADS_MAX 8

struct server {
	const struct log_serve_options *options;
	struct log_api api;
	struct MHD_Daemon *daemon;
};

/* ---- start and stop ----------------------------------------------------- */

static int stop_pipe[2] = {-1, -1};

static void
on_signal(int number)
{
	int saved = errno;
	ssize_t n = write(stop_pipe[1], "", 1);

	(void)number;
	(void)n; /* where the pipe is full it is known already */
	errno = saved;
}

static unsigned
connection_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > 8192 + 128)
		return 8192;
	/* a tile that is sent is a file too */
	return limit.rlim_cur > 192 ? (unsigned)(limit.rlim_cur - 128) / 2 : 32;
}

static int
start_daemon(struct server *s, const struct listen_socket *socket,
    struct vexlog_err *err)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = processors < 1 ? 1
	    : processors > THREADS_MAX    ? THREADS_MAX
					  : (unsigned)processors;
	unsigned flags =
	    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	unsigned limit = connection_limit();

	if (socket->ipv6)
		flags |= MHD_USE_IPv6;
	if (limit < threads)
		threads = 1;
	errno = 0;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, log_api_handle,
	    &s->api, MHD_OPTION_LISTEN_SOCKET, socket->fd,
	    MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
	    limit, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)LOG_SERVE_IDLE,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024,
	    MHD_OPTION_NOTIFY_COMPLETED, log_api_completed, &s->api,
	    MHD_OPTION_END);
	return s->daemon != NULL
	    ? 0
	    : err_system(err, "start the server", socket->url);
}

static void
wait_for_stop(const struct log_serve_options *options)
{
	struct pollfd fds[2] = {
	    {.fd = stop_pipe[0], .events = POLLIN},
	    {.fd = options->stop_fd, .events = POLLIN},
	};
	int n;

	do
		n = poll(fds, options->stop_fd >= 0 ? 2 : 1, -1);
	while (n < 0 && errno == EINTR);
}

/* What was taken is logged and answered; then the connections end. */
static void
stop_daemon(struct server *s)
{
	const struct timespec turn = {0, 5000000};
	MHD_socket fd = MHD_quiesce_daemon(s->daemon);

	if (fd != MHD_INVALID_SOCKET)
		(void)close(fd);
	if (s->api.writer != NULL)
		log_writer_stop(s->api.writer);
	for (int ms = 0; ms < LOG_SERVE_LINGER && atomic_load(&s->api.open) > 0;
	     ms += 5)
		(void)nanosleep(&turn, NULL);
	MHD_stop_daemon(s->daemon);
}

static int
run(struct server *s, struct vexlog_err *err)
{
	struct listen_socket socket;
	int rc = mhd_open(err);

	if (rc != 0 ||
	    (rc = listen_open(&socket, s->options->listen, err)) != 0)
		return rc;
	if ((rc = start_daemon(s, &socket, err)) != 0) {
		(void)close(socket.fd);
		return rc;
	}
	if (s->options->ready != NULL)
		s->options->ready(socket.url, s->options->context);
	wait_for_stop(s->options);
	stop_daemon(s);
	return 0;
}

/* Made once and never closed: a handler may still run in another thread when
 * its signal is no longer ours. */
static int
make_pipe(struct vexlog_err *err)
{
	char byte;

	if (stop_pipe[0] < 0 && pipe(stop_pipe) != 0)
		return err_system(err, "make a pipe", "");
	for (int i = 0; i < 2; i++)
		if (fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC) != 0 ||
		    fcntl(stop_pipe[i], F_SETFL, O_NONBLOCK) != 0)
			return err_system(err, "set up a pipe", "");
	while (read(stop_pipe[0], &byte, 1) > 0)
		; /* of an earlier run */
	return 0;
}

/* Signals are ours while we run, and whose they were afterwards. */
static int
run_with_signals(struct server *s, struct vexlog_err *err)
{
	struct sigaction action = {.sa_handler = on_signal}, old[3];
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int rc = make_pipe(err);

	if (rc != 0)
		return rc;
	(void)sigemptyset(&action.sa_mask);
	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGTERM, &action, &old[0]);
	(void)sigaction(SIGINT, &action, &old[1]);
	(void)sigaction(SIGPIPE, &ignore, &old[2]);
	rc = run(s, err);
	(void)sigaction(SIGTERM, &old[0], NULL);
	(void)sigaction(SIGINT, &old[1], NULL);
	(void)sigaction(SIGPIPE, &old[2], NULL);
	return rc;
}

static int
open_log(struct server *s, struct vexlog_arena *arena, struct tile_log **log,
    struct vexlog_err *err)
{
	struct tile_log_options o = {
	    .folder = s->options->folder, .read_only = true};
	struct log_writer_options w = {.batch_max = LOG_SERVE_BATCH,
	    .batch_wait_ms = LOG_SERVE_BATCH_WAIT,
	    .waiting_max = LOG_SERVE_WAITING_MAX};
	struct vexlog_bytes id;
	uint8_t raw[HASH_SIZE];
	int rc;

	if ((rc = tile_log_open(&s->api.reader, &o, err)) != 0)
		return rc;
	if (!text_unhex(raw, HASH_SIZE, s->api.reader->id))
		return err_set(err, VEXLOG_MISUSE, "no log id");
	id = (struct vexlog_bytes){raw, HASH_SIZE};
	if ((s->api.id = text_base64(arena, id, err)) == NULL)
		return err->code;
	if (s->options->read_only)
		return 0;
	o.read_only = false;
	if ((rc = tile_log_open(log, &o, err)) != 0)
		return rc;
	w.log = *log;
	rc = key_cache_open(&s->api.keys, arena, err);
	return rc != 0 ? rc : log_writer_open(&s->api.writer, &w, err);
}

int
log_serve(const struct log_serve_options *options, struct vexlog_err *err)
{
	struct server s = {.options = options,
	    .api = {.folder = options->folder,
		.warn = options->warn,
		.context = options->context}};
	struct vexlog_arena *arena = vexlog_arena_open(MIB);
	struct tile_log *log = NULL;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	(void)pthread_mutex_init(&s.api.reading, NULL);
	if ((rc = open_log(&s, arena, &log, err)) == 0)
		rc = run_with_signals(&s, err);
	log_writer_close(s.api.writer);
	key_cache_close(s.api.keys);
	tile_log_close(log);
	tile_log_close(s.api.reader);
	(void)pthread_mutex_destroy(&s.api.reading);
	vexlog_arena_close(arena);
	return rc;
}
