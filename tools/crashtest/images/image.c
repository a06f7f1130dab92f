/* SPDX-License-Identifier: BSD-3-Clause */
/* image.c -- files that hold what the media would. */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"
#include "common/array.h"
#include "image_parts.h"
#include "layout.h"
#include "overlay.h"
#include "powerfail/snapshot.h"
#include "replay/replay.h"
#include "replay/trace.h"

enum { LINES = 1 << 17 }; /* that are put one by one: of more, their pages */

int images_init(struct images *images, const char *directory, const struct trace *trace)
{
	*images = (struct images){
		.base = trace->base,
		.watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
	};
	if (images->watch < 0 || mkdir(directory, 0700) != 0)
		return -errno;
	snprintf(images->directory, sizeof(images->directory), "%s", directory);
	images->place = layout_make(trace);
	return images->place != NULL ? 0 : -ENOMEM;
}

static void close_image(struct image *image)
{
	if (image->map != NULL)
		munmap(image->map, image->size);
	if (image->fd >= 0)
		close(image->fd);
	if (image->pages != NULL) {
		pages_free(&image->pages->written);
		pages_free(&image->pages->touched);
		free(image->pages);
	}
	image->pages = NULL;
	image->map = NULL;
	image->fd = -1;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

void images_finish(struct images *images)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < images->known; i++) {
		close_image(&images->image[i]);
		if (i >= images->count && images_hidden_path(images, i, path, sizeof(path)))
			unlink(path);
	}
	if (images->directory[0] != '\0')
		nftw(images->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	layout_free(images->place);
	free(images->image);
	free(images->patched);
	if (images->watch >= 0)
		close(images->watch);
}

/* ---- one file ---- */

/* It is not known then which pages have room. */
static int map_image(struct image *image, size_t size)
{
	if (image->map != NULL)
		munmap(image->map, image->size);
	image->map = NULL;
	if (image->pages == NULL && (image->pages = calloc(1, sizeof(*image->pages))) == NULL)
		return -ENOMEM;
	pages_clear(&image->pages->written);
	if (!pages_fit(&image->pages->written, size / PF_PAGE + 1) ||
		!pages_fit(&image->pages->touched, size / PF_PAGE + 1))
		return -ENOMEM;
	if (ftruncate(image->fd, (off_t)size) != 0)
		return -errno;
	image->size = size;
	if (size == 0)
		return 0;

	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, image->fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	image->map = map;
	return 0;
}

/* The directories above it are made. */
static int open_image(struct image *image)
{
	for (char *slash = image->path + image->root; slash != NULL;
		slash = strchr(slash + 1, '/')) {
		int ret;

		*slash = '\0';
		ret = mkdir(image->path, 0700);
		*slash = '/';
		if (ret != 0 && errno != EEXIST)
			return -errno;
	}
	image->fd = open(image->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return image->fd < 0 ? -errno : 0;
}

/* What the file held at first. */
static int fill_image(struct images *images, struct image *image, const struct replay *r,
	const struct pf_medium *m)
{
	const struct pf_content content = {.size = m->snapshot_size,
		.fd = r->trace->reader.fd,
		.at = m->snapshot_at};
	int ret = open_image(image);

	if (ret == 0)
		ret = pmem2_pf_snapshot(&content, image->fd, 0);
	if (ret == 0)
		ret = map_image(image, m->size);
	/* whoever opened it for writing may have written: through a mapping, unseen */
	if (ret == 0 && inotify_add_watch(images->watch, image->path,
				IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF) < 0)
		ret = -errno;
	images->journal_at = 0;
	return ret;
}

/* An image that was there before the trace was begun again. */
static int show_image(struct images *images)
{
	struct image *image = &images->image[images->count];
	char path[PATH_MAX];

	if (!images_hidden_path(images, images->count, path, sizeof(path)))
		return -ENAMETOOLONG;
	if (rename(path, image->path) != 0)
		return -errno;
	images->count++;
	return 0;
}

static int add_image(struct images *images, const struct replay *r, const struct pf_medium *m)
{
	struct image *grown, *image;

	if (images->count < images->known)
		return show_image(images);
	grown = realloc(images->image, (images->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	images->image = grown;
	image = &grown[images->count];
	*image = (struct image){.fd = -1, .root = strlen(images->directory)};
	if (images_path(images, images->count, image->path, sizeof(image->path)) != 0)
		return -ENAMETOOLONG;
	images->known = ++images->count;
	return fill_image(images, image, r, m);
}

/* ---- patches ---- */

/*
 * The first byte that is written to a page goes by a system call, which can say that there is no room. After
 * that the page is there, and stores cannot fail.
 */
int images_put_line(struct images *images, const struct pf_medium *m, size_t line,
	const char *content)
{
	size_t at = line * PF_LINE, page = at / PF_PAGE, n;
	struct image *image;

	if (pmem2_pf_medium_is_size(m)) /* follow_sizes() does it */
		return 0;
	image = &images->image[m->id];
	if (at >= image->size)
		return 0;
	n = image->size - at < PF_LINE ? image->size - at : PF_LINE;
	pages_add(&image->pages->touched, page);
	if (pages_has(&image->pages->written, page)) {
		memcpy(image->map + at, content, n);
		return 0;
	}
	ssize_t done = pwrite(image->fd, content, n, (off_t)at);
	if (done != (ssize_t)n)
		return done < 0 ? -errno : -ENOSPC;
	pages_add(&image->pages->written, page);
	return 0;
}

static bool note_patch(struct images *images, struct pf_medium *m, size_t line)
{
	if (!array_grow(&images->patched, images->patched_count, &images->patched_room,
		    sizeof(*images->patched)))
		return false;
	images->patched[images->patched_count++] = (struct changed_line){.medium = m, .line = line};
	return true;
}

/* Lines whose content may be another than what is durable now. */
static int refresh(struct images *images, const struct replay *r, const struct changed_line *lines,
	size_t count)
{
	int ret = 0;

	if (count > LINES)
		return images_refresh_pages(images, r, lines, count);
	for (size_t i = 0; ret == 0 && i < count; i++)
		if (lines[i].medium->id < images->count)
			ret = images_put_line(images, lines[i].medium, lines[i].line,
				pmem2_pf_medium_line(lines[i].medium, lines[i].line));
	return ret;
}

/* The size that the overlay has for a file, or else that is durable. */
static size_t size_of(const struct pf_medium *m, const struct overlay *overlay)
{
	const char *line = m->sizes != NULL ? m->sizes->durable : NULL;
	size_t size;

	if (line == NULL)
		return m->size;
	for (size_t i = 0; i < overlay->count; i++)
		if (overlay->line[i].medium == m->sizes)
			line = overlay->line[i].content;
	size = pmem2_pf_medium_get_size(line);
	return size < m->capacity ? size : m->capacity;
}

/* What an image did not have room for is there when it has. */
static int follow_sizes(struct images *images, const struct replay *r,
	const struct overlay *overlay)
{
	int ret = 0;

	while (ret == 0 && images->count < r->media_count)
		ret = add_image(images, r, r->media[images->count]);
	for (size_t i = 0; ret == 0 && i < images->count; i++) {
		size_t old = images->image[i].size, size = size_of(r->media[i], overlay);

		if (size != old)
			ret = map_image(&images->image[i], size);
		if (ret == 0 && size > old)
			ret = images_refresh_range(&images->image[i], r->media[i], old, size);
	}
	return ret;
}

static void forget_events(struct images *images)
{
	char events[4096];

	while (read(images->watch, events, sizeof(events)) > 0)
		;
}

static int put_overlay(struct images *images, const struct overlay *overlay)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < overlay->count; i++) {
		const struct overlay_line *l = &overlay->line[i];

		if (!note_patch(images, l->medium, l->line))
			return -ENOMEM;
		ret = images_put_line(images, l->medium, l->line, l->content);
	}
	return ret;
}

int images_set(struct images *images, const struct replay *r, const struct overlay *overlay)
{
	struct stat st;
	int ret = follow_sizes(images, r, overlay);

	if (ret == 0 && r->journal_count > images->journal_at)
		ret = refresh(images, r, r->journal + images->journal_at,
			r->journal_count - images->journal_at);
	images->journal_at = r->journal_count;
	if (ret == 0)
		ret = refresh(images, r, images->patched, images->patched_count);
	images->patched_count = 0;
	if (ret == 0)
		ret = put_overlay(images, overlay);
	if (ret == 0 && images->base != NULL)
		ret = base_fill(images->base, images->directory);
	for (size_t i = 0; i < images->count; i++)
		if (fstat(images->image[i].fd, &st) == 0)
			images->image[i].blocks = st.st_blocks;
	forget_events(images);
	return ret;
}

/* ---- after somebody else's hands ---- */

static bool is_touched(struct images *images)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool touched = false;

	while (read(images->watch, events, sizeof(events)) > 0)
		touched = true;
	return touched;
}

/* Whether the name still leads to the file that is mapped here, and that has all it had. */
static bool is_same(const struct image *image)
{
	struct stat here, there;

	return fstat(image->fd, &here) == 0 && stat(image->path, &there) == 0 &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev &&
	       (size_t)here.st_size == image->size && here.st_blocks >= image->blocks;
}

static void repair_extent(struct image *image, const struct pf_medium *m, size_t at, size_t end)
{
	for (at = at / PF_PAGE * PF_PAGE; at < end; at += PF_PAGE) {
		size_t n = image->size - at < PF_PAGE ? image->size - at : PF_PAGE;

		if (memcmp(image->map + at, m->durable + at, n) == 0)
			continue;
		memcpy(image->map + at, m->durable + at, n);
		pages_add(&image->pages->touched, at / PF_PAGE);
	}
}

/*
 * Holes are zeros as they were: nothing is lost from an image that has not fewer blocks than before.
 * What became durable since the image was set is not for here, it may be in a hole.
 */
static int repair(struct images *images, struct image *image, const struct replay *r,
	const struct pf_medium *m)
{
	off_t begin = 0, end;

	if (!is_same(image)) {
		close_image(image);
		unlink(image->path);
		return fill_image(images, image, r, m);
	}
	pages_clear(&image->pages->written);
	while ((begin = lseek(image->fd, begin, SEEK_DATA)) >= 0) {
		end = lseek(image->fd, begin, SEEK_HOLE);
		if (end <= begin)
			break;
		repair_extent(image, m, (size_t)begin, (size_t)end);
		begin = end;
	}
	return 0;
}

int images_repair(struct images *images, const struct replay *r)
{
	int ret = 0;

	if (!is_touched(images))
		return 0;
	for (size_t i = 0; ret == 0 && i < images->count; i++)
		ret = repair(images, &images->image[i], r, r->media[i]);
	return ret;
}
