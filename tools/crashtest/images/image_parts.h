/* SPDX-License-Identifier: BSD-3-Clause */
/* image_parts.h -- what the parts of the images have for each other. */
#ifndef CRASHTEST_IMAGE_PARTS_H
#define CRASHTEST_IMAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

struct images;
struct pf_medium;

/* Brings a line of an image to that content. 0 or -errno. */
int images_put_line(struct images *images, const struct pf_medium *m, size_t line,
	const char *content);

/* Beside the directory of the images, where no checker looks for them. false: the path is too long. */
bool images_hidden_path(const struct images *images, size_t n, char *path, size_t size);

#endif
