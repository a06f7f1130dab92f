/* SPDX-License-Identifier: BSD-3-Clause */
/* say.c -- what pmem2 crashtest says while it works. */
#include "say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"

int say_failed(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("pmem2: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return CRASHTEST_FAILED;
}

void say_progress_begin(struct progress *p)
{
	*p = (struct progress){.began = clock_seconds()};
}

void say_progress(struct progress *p)
{
	enum { WIDTH = 24 };
	double now = clock_seconds(), seconds = now - p->began;
	int full = (int)(p->part * WIDTH);

	if (!isatty(STDERR_FILENO) || now - p->shown < 0.1)
		return;
	p->shown = now;
	fprintf(stderr,
		"\r[%.*s%*s] %3.0f %%  %" PRIu64 " points, %" PRIu64
		" images, %zu failed, %.0f a second",
		full, "########################", WIDTH - full, "", p->part * 100, p->points,
		p->images, p->failed, seconds > 0 ? (double)p->images / seconds : 0.0);
	if (p->part > 0.02)
		fprintf(stderr, ", %.0f s left   ", seconds / p->part - seconds);
}

void say_progress_end(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
