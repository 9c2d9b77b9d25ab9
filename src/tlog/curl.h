/*
 * curl.h - libcurl, loaded when the first address is opened.
 *
 * It brings some thirty libraries with it, 5 MiB and 4 ms of each start of
 * the program, and most commands never use the network. Include this in
 * place of <curl/curl.h>; the functions listed below keep their names and
 * may be called after curl_open gave 0.
 */
#ifndef VEXLOG_TLOG_CURL_H
#define VEXLOG_TLOG_CURL_H

/* its checks are macros around the names that are redefined below */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/err.h"

#define CURL_FUNCTIONS(X)                                                      \
	X(easy_cleanup)                                                        \
	X(easy_getinfo)                                                        \
	X(easy_header)                                                         \
	X(easy_init)                                                           \
	X(easy_setopt)                                                         \
	X(easy_strerror)                                                       \
	X(free)                                                                \
	X(getdate)                                                             \
	X(global_init)                                                         \
	X(multi_add_handle)                                                    \
	X(multi_cleanup)                                                       \
	X(multi_info_read)                                                     \
	X(multi_init)                                                          \
	X(multi_perform)                                                       \
	X(multi_poll)                                                          \
	X(multi_remove_handle)                                                 \
	X(multi_setopt)                                                        \
	X(slist_append)                                                        \
	X(slist_free_all)                                                      \
	X(strequal)                                                            \
	X(url)                                                                 \
	X(url_cleanup)                                                         \
	X(url_get)                                                             \
	X(url_set)

/* also macros, which only check the number of arguments */
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

struct curl_functions {
#define X(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(X)
#undef X
};

extern struct curl_functions curl_functions;

/* Once a process, from any thread. errors   IO (not installed) */
int curl_open(struct vexlog_err *err);

#define curl_easy_cleanup        curl_functions.easy_cleanup
#define curl_easy_getinfo        curl_functions.easy_getinfo
#define curl_easy_header         curl_functions.easy_header
#define curl_easy_init           curl_functions.easy_init
#define curl_easy_setopt         curl_functions.easy_setopt
#define curl_easy_strerror       curl_functions.easy_strerror
#define curl_free                curl_functions.free
#define curl_getdate             curl_functions.getdate
#define curl_global_init         curl_functions.global_init
#define curl_multi_add_handle    curl_functions.multi_add_handle
#define curl_multi_cleanup       curl_functions.multi_cleanup
#define curl_multi_info_read     curl_functions.multi_info_read
#define curl_multi_init          curl_functions.multi_init
#define curl_multi_perform       curl_functions.multi_perform
#define curl_multi_poll          curl_functions.multi_poll
#define curl_multi_remove_handle curl_functions.multi_remove_handle
#define curl_multi_setopt        curl_functions.multi_setopt
#define curl_slist_append        curl_functions.slist_append
#define curl_slist_free_all      curl_functions.slist_free_all
#define curl_strequal            curl_functions.strequal
#define curl_url                 curl_functions.url
#define curl_url_cleanup         curl_functions.url_cleanup
#define curl_url_get             curl_functions.url_get
#define curl_url_set             curl_functions.url_set

#endif
