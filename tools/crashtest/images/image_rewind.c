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

/* An image that was repaired may have all that is durable, and not only what it was brought to. */
static void touch(struct images *images, const struct changed_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t id = lines[i].medium->id;
		size_t at = lines[i].line * PF_LINE;

		if (id < images->count && at < images->image[id].size)
			pages_add(&images->image[id].pages->touched, at / PF_PAGE);
	}
}

int images_rewind(struct images *images, const struct replay *r)
{
	char path[PATH_MAX];
	int ret;

	if (r->journal_count > images->journal_at)
		touch(images, r->journal + images->journal_at,
			r->journal_count - images->journal_at);
	ret = images_restore_pages(images, r);
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
