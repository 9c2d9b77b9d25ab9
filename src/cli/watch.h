/*
 * watch.h - go on until told to stop, for commands that stay.
 */
#ifndef VEXLOG_CLI_WATCH_H
#define VEXLOG_CLI_WATCH_H

#include <stdbool.h>

/* SIGINT and SIGTERM now end the command after the work at hand; the second
 * one ends it at once. */
void watch_open(void);
bool watch_stopped(void);
/* A signal ends the pause early. */
void watch_pause(int seconds);

#endif
