/* SPDX-License-Identifier: BSD-3-Clause */
/* image_rewind.c -- images from the beginning of the trace again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "image_parts.h"
#include "powerfail/medium.h"
#include "replay/replay.h"
#include "replay/trace.h"

bool images_hidden_path(const struct images *images, size_t n, char *path, size_t size)
{
	return (size_t)snprintf(path, size, "%s.%zu", images->directory, n) < size;
}

/* Lines as they were at first. */
static int restore(struct images *images, const struct replay *r, const struct changed_line *lines,
	size_t count)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < count; i++) {
		const struct pf_medium *m = lines[i].medium;
		size_t at = lines[i].line * PF_LINE;
		char content[PF_LINE] = {0};

		if (m->id >= images->count)
			continue;
		if (at < m->snapshot_size)
			memcpy(content, r->trace->reader.base + m->snapshot_at + at,
				m->snapshot_size - at < PF_LINE ? m->snapshot_size - at : PF_LINE);
		ret = images_put_line(images, m, lines[i].line, content);
	}
	return ret;
}

int images_rewind(struct images *images, const struct replay *r)
{
	/* a repaired image may have all that is durable, and not only what it was brought to */
	int ret = restore(images, r, r->journal, r->journal_count);
	char path[PATH_MAX];

	if (ret == 0)
		ret = restore(images, r, images->patched, images->patched_count);
	images->journal_at = images->patched_count = 0;
	while (ret == 0 && images->count > 0) {
		struct image *image = &images->image[images->count - 1];

		if (!images_hidden_path(images, images->count - 1, path, sizeof(path)))
			return -ENAMETOOLONG;
		if (rename(image->path, path) != 0)
			return -errno;
		images->count--;
	}
	return ret;
}
