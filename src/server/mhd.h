/*
 * mhd.h - libmicrohttpd, loaded when something is served. Include it instead
 * of microhttpd.h.
 *
 * It brings GnuTLS with eight libraries behind it: 2 ms and 3 MiB of every
 * start, and only two commands serve.
 */
#ifndef VEXLOG_SERVER_MHD_H
#define VEXLOG_SERVER_MHD_H

#include <microhttpd.h>

#include "base/err.h"

#define MHD_FUNCTIONS(X)                                                       \
	X(add_response_header)                                                 \
	X(create_response_from_buffer)                                         \
	X(create_response_from_fd64)                                           \
	X(destroy_response)                                                    \
	X(queue_response)                                                      \
	X(quiesce_daemon)                                                      \
	X(resume_connection)                                                   \
	X(start_daemon)                                                        \
	X(stop_daemon)                                                         \
	X(suspend_connection)

struct mhd_functions {
#define X(name) __typeof__(MHD_##name) *name;
	MHD_FUNCTIONS(X)
#undef X
};

extern struct mhd_functions mhd_functions;

/* Once a process, from any thread. errors   IO (not installed) */
int mhd_open(struct vexlog_err *err);

#define MHD_add_response_header mhd_functions.add_response_header
#define MHD_create_response_from_buffer                                        \
	mhd_functions.create_response_from_buffer
#define MHD_create_response_from_fd64 mhd_functions.create_response_from_fd64
#define MHD_destroy_response          mhd_functions.destroy_response
#define MHD_queue_response            mhd_functions.queue_response
#define MHD_quiesce_daemon            mhd_functions.quiesce_daemon
#define MHD_resume_connection         mhd_functions.resume_connection
#define MHD_start_daemon              mhd_functions.start_daemon
#define MHD_stop_daemon               mhd_functions.stop_daemon
#define MHD_suspend_connection        mhd_functions.suspend_connection

#endif
