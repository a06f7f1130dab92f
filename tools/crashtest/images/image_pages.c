/* SPDX-License-Identifier: BSD-3-Clause */
/* image_pages.c -- very many lines of images, page by page. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "images/image.h"
#include "images/image_parts.h"
#include "powerfail/medium.h"
#include "powerfail/snapshot.h"
#include "replay/replay.h"
#include "replay/trace.h"

/* By system calls, which can say that there is no room. */
static int put(struct image *image, size_t at, const char *from, size_t size)
{
	size_t end = at + size < image->size ? at + size : image->size;

	for (size_t page = at / PF_PAGE; page * PF_PAGE < end; page++) {
		pages_add(&image->pages->written, page);
		pages_add(&image->pages->touched, page);
	}
	while (at < end) {
		ssize_t n = pwrite(image->fd, from, end - at, (off_t)at);

		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		at += (size_t)n;
		from += n;
	}
	return 0;
}

/* ---- what is durable now ---- */

static int put_durable(struct image *image, const struct pages *pages, const struct pf_medium *m)
{
	size_t begin = 0, end;
	int ret = 0;

	for (; ret == 0 && pages_next(pages, &begin, &end); begin = end)
		ret = put(image, begin * PF_PAGE, m->durable + begin * PF_PAGE,
			(end - begin) * PF_PAGE);
	return ret;
}

/* The pages of an image that hold these lines are in its set. false: no memory. */
static bool collect(const struct images *images, const struct changed_line *lines, size_t count,
	struct pages *pages)
{
	for (size_t i = 0; i < images->count; i++)
		if (!pages_fit(&pages[i], images->image[i].size / PF_PAGE + 1))
			return false;
	for (size_t i = 0; i < count; i++) {
		uint32_t id = lines[i].medium->id;

		if (id < images->count && lines[i].line * PF_LINE < images->image[id].size)
			pages_add(&pages[id], lines[i].line * PF_LINE / PF_PAGE);
	}
	return true;
}

int images_refresh_pages(struct images *images, const struct replay *r,
	const struct changed_line *lines, size_t count)
{
	struct pages *pages = calloc(images->count + 1, sizeof(*pages));
	int ret = pages != NULL && collect(images, lines, count, pages) ? 0 : -ENOMEM;

	for (size_t i = 0; pages != NULL && i < images->count; i++) {
		if (ret == 0)
			ret = put_durable(&images->image[i], &pages[i], r->media[i]);
		pages_free(&pages[i]);
	}
	free(pages);
	return ret;
}

int images_refresh_range(struct image *image, const struct pf_medium *m, size_t begin, size_t end)
{
	size_t stop = end;
	int ret = 0;

	for (; ret == 0 && pmem2_pf_medium_next(m, &begin, &stop); begin = stop, stop = end)
		ret = put(image, begin, m->durable + begin, stop - begin);
	return ret;
}

/* ---- what was there at the beginning of the trace ---- */

static int put_zeros(struct image *image, size_t at, size_t end)
{
	static const char zeros[16 * PF_PAGE];
	int ret = 0;

	for (size_t n; ret == 0 && at < end; at += n) {
		n = end - at < sizeof(zeros) ? end - at : sizeof(zeros);
		ret = put(image, at, zeros, n);
	}
	return ret;
}

/* A hole of the trace is not read: that could make it take room. */
static int put_first(struct image *image, const struct trace *trace, const struct pf_medium *m,
	size_t at, size_t end)
{
	int ret = 0;

	while (ret == 0 && at < end) {
		size_t stop = end < m->snapshot_size ? end : m->snapshot_size;
		size_t begin = m->snapshot_at + at, last = m->snapshot_at + stop;

		if (at >= stop || !pmem2_pf_snapshot_extent(trace->reader.fd, &begin, &last))
			return put_zeros(image, at, end);
		ret = put_zeros(image, at, begin - m->snapshot_at);
		if (ret == 0)
			ret = put(image, begin - m->snapshot_at, trace->reader.base + begin,
				last - begin);
		at = last - m->snapshot_at;
	}
	return ret;
}

int images_restore_pages(struct images *images, const struct replay *r)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < images->count; i++) {
		struct image *image = &images->image[i];
		size_t begin = 0, end;

		for (; ret == 0 && pages_next(&image->pages->touched, &begin, &end); begin = end)
			ret = put_first(image, r->trace, r->media[i], begin * PF_PAGE,
				end * PF_PAGE);
		pages_clear(&image->pages->touched);
	}
	return ret;
}
