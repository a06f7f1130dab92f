/* SPDX-License-Identifier: BSD-3-Clause */
/* image.h -- a file that holds what the medium would, and is brought from one state to the next. */
#ifndef CRASHTEST_IMAGE_H
#define CRASHTEST_IMAGE_H

#include <limits.h>
#include <sys/types.h>

struct base;
struct changed_line;
struct image_pages;
struct overlay;
struct replay;
struct trace;

struct image {
	int fd;
	char *map;
	size_t size;
	blkcnt_t blocks;           /* before somebody else was let at it */
	struct image_pages *pages; /* what is known of each page */
	size_t root;               /* characters of path, up to the directory of all images */
	char path[PATH_MAX];
};

/* One of each file of a replay. */
struct images {
	struct image *image;
	size_t count;
	size_t known;      /* those from count on are hidden: the program has not mapped them yet */
	size_t journal_at; /* up to where they follow the replay's journal */
	struct changed_line *patched; /* where they differ from what is durable */
	size_t patched_count, patched_room;
	const struct base *base; /* the images that the trace stands on, or NULL */
	char **place;            /* of each file, within the directory */
	int watch;               /* inotify */
	char directory[PATH_MAX];
};

/* 0 or -errno; images_finish is right in both cases. */
int images_init(struct images *images, const char *directory, const struct trace *trace);
void images_finish(struct images *images);

/*
 * Where the image of the n-th file of the trace is, or will be when the program has mapped it; n counts from
 * 0. Of files that the trace has not, a place where there is nothing. 0 or -ENAMETOOLONG.
 */
int images_path(const struct images *images, size_t n, char *path, size_t size);

/*
 * Likewise, of the n-th file of the program's trace: they are others if this trace is that of a recovery. A command's
 * {n} is that.
 */
int images_path_of(const struct images *images, size_t n, char *path, size_t size);

/* Brings the images to what is durable now, and the overlay over it. 0 or -errno. */
int images_set(struct images *images, const struct replay *r, const struct overlay *overlay);

/*
 * Back to the beginning of the trace, before the replay that they followed is closed: the next one they are
 * given begins there. 0 or -errno.
 */
int images_rewind(struct images *images, const struct replay *r);

/* Repairs what somebody did to the images who was let at them. 0 or -errno. */
int images_repair(struct images *images, const struct replay *r);

#endif
