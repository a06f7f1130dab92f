/* SPDX-License-Identifier: BSD-3-Clause */
/* image_path.c -- where images are. */
#include <errno.h>
#include <stdio.h>

#include "images/base.h"
#include "images/image.h"
#include "images/image_parts.h"

bool images_hidden_path(const struct images *images, size_t n, char *path, size_t size)
{
	return (size_t)snprintf(path, size, "%s.%zu", images->directory, n) < size;
}

/* place: of each file; NULL ends. */
static int path_in(const struct images *images, char *const *place, size_t n, char *path,
	size_t size)
{
	size_t known = 0;
	int used;

	while (known < n && place[known] != NULL)
		known++;
	if (place[known] != NULL)
		used = snprintf(path, size, "%s/%s", images->directory, place[n]);
	else
		used = snprintf(path, size, "%s/file-%zu", images->directory, n + 1);
	return (size_t)used < size ? 0 : -ENAMETOOLONG;
}

int images_path(const struct images *images, size_t n, char *path, size_t size)
{
	return path_in(images, images->place, n, path, size);
}

int images_path_of(const struct images *images, size_t n, char *path, size_t size)
{
	return path_in(images, images->base != NULL ? images->base->place : images->place, n, path,
		size);
}
