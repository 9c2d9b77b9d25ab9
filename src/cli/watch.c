/*
 * watch.c - go on until told to stop.
 */
#include "cli/watch.h"

#include <signal.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t stopped;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

void
watch_open(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop;
	action.sa_flags = (int)SA_RESETHAND;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

bool
watch_stopped(void)
{
	return stopped != 0;
}

void
watch_pause(int seconds)
{
	struct timespec pause = {.tv_sec = seconds};

	if (!stopped)
		(void)nanosleep(&pause, NULL);
}
