/*
 * time.h - RFC 3339 and microseconds since 1970-01-01T00:00:00Z.
 */
#ifndef VEXLOG_BASE_TIME_H
#define VEXLOG_BASE_TIME_H

#include "vexlog.h"

#define TIME_NONE INT64_MIN
#define TIME_MAX  INT64_MAX
#define SECOND	  ((int64_t)1000000)
#define HOUR	  (3600 * SECOND)
#define DAY	  (24 * HOUR)

#define TIME_TEXT 32 /* bytes for time_write and time_write_full */

/*
 * Reads an RFC 3339 date-time: zone required, years 0001 to 9999 (in UTC
 * too), no second 60; a longer fraction is cut down (floor) to microseconds.
 * why  set to a constant text when false
 */
bool time_read(int64_t *out, const char *text, const char **why);
/* "2026-01-12T08:30:00.25Z": no trailing zeros, no "." when zero. */
void time_write(char out[TIME_TEXT], int64_t time);
/* Always six digits, so that text order is time order. */
void time_write_full(char out[TIME_TEXT], int64_t time);
/* The system's clock. */
int64_t time_now(void);

#endif
