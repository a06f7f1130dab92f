/* SPDX-License-Identifier: BSD-3-Clause */
/* image_parts.h -- what the parts of the images have for each other. */
#ifndef CRASHTEST_IMAGE_PARTS_H
#define CRASHTEST_IMAGE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct changed_line;
struct image;
struct images;
struct pf_medium;
struct replay;

/* A set of pages of a file. */
struct pages {
	unsigned char *bit;
	size_t count;     /* of the file */
	size_t low, high; /* none of the others is in the set */
};

/* Makes it fit a file of so many pages, at least; what is in it stays. false: no memory. */
static inline bool pages_fit(struct pages *p, size_t count)
{
	unsigned char *grown;

	if (p->bit != NULL && count <= p->count)
		return true;
	grown = calloc(1, count / 8 + 1);
	if (grown == NULL)
		return false;
	if (p->bit != NULL)
		memcpy(grown, p->bit, p->count / 8 + 1);
	free(p->bit);
	p->bit = grown;
	p->count = count;
	return true;
}

static inline void pages_clear(struct pages *p)
{
	if (p->low < p->high)
		memset(p->bit + p->low / 8, 0, (p->high - 1) / 8 - p->low / 8 + 1);
	p->low = p->high = 0;
}

static inline void pages_free(struct pages *p)
{
	free(p->bit);
	*p = (struct pages){0};
}

static inline bool pages_has(const struct pages *p, size_t page)
{
	return (p->bit[page / 8] >> page % 8 & 1) != 0;
}

static inline void pages_add(struct pages *p, size_t page)
{
	if (page >= p->count)
		return;
	p->bit[page / 8] |= (unsigned char)(1u << page % 8);
	if (p->low == p->high)
		p->low = p->high = page;
	if (page < p->low)
		p->low = page;
	if (page >= p->high)
		p->high = page + 1;
}

/* The next of them from *begin on, and up to *end; false: there are no more. */
static inline bool pages_next(const struct pages *p, size_t *begin, size_t *end)
{
	size_t page = *begin > p->low ? *begin : p->low;

	while (page < p->high && !pages_has(p, page))
		page = p->bit[page / 8] == 0 ? (page / 8 + 1) * 8 : page + 1;
	*begin = page;
	while (page < p->high && pages_has(p, page))
		page++;
	*end = page;
	return *begin < *end;
}

struct image_pages {
	struct pages written; /* have room on the file system */
	struct pages touched; /* may be other than at the beginning of the trace */
};

/* Brings a line of an image to that content. 0 or -errno. */
int images_put_line(struct images *images, const struct pf_medium *m, size_t line,
	const char *content);

/* Brings the pages of these lines to what is durable now. 0 or -errno. */
int images_refresh_pages(struct images *images, const struct replay *r,
	const struct changed_line *lines, size_t count);

/* Brings what is behind an offset, and was not there as the image was shorter, to what is durable now. 0 or -errno. */
int images_refresh_range(struct image *image, const struct pf_medium *m, size_t begin, size_t end);

/* Brings all pages that were touched to what they had at the beginning of the trace. 0 or -errno. */
int images_restore_pages(struct images *images, const struct replay *r);

/* Beside the directory of the images, where no checker looks for them. false: the path is too long. */
bool images_hidden_path(const struct images *images, size_t n, char *path, size_t size);

#endif
