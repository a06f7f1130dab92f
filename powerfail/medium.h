/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * medium.h -- what a file would hold if the power failed now.
 *
 * The image is private memory over a snapshot of the file, so that only what differs from the
 * snapshot costs memory.
 */
#ifndef POWERFAIL_MEDIUM_H
#define POWERFAIL_MEDIUM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PF_LINE = 64, PF_PAGE = 4096 }; /* bytes */
enum { PF_GROUP = 4096 };              /* pages */

/* Tells a file from another that got its inode number. */
struct pf_identity {
	uint64_t device, inode, born;
};

struct pf_volatile;

struct pf_medium {
	struct pf_identity identity;
	uint32_t id;
	size_t size;                       /* bytes of the file, as last seen */
	size_t snapshot_at, snapshot_size; /* where it began, bytes of the file given to init */
	size_t capacity;                   /* bytes there is room for now */
	size_t reserved;                   /* bytes of address space it can grow to */
	char *durable;                     /* by offset in the file */
	unsigned char *known; /* a bit for each page that may hold something else than zeros */
	unsigned char *known_groups; /* a bit for each PF_GROUP pages, one of which is known */
	uint32_t granularity;        /* of its latest mapping: enum pmem2_granularity */
	int fd;                      /* of the file, kept by the backend to tell its holes; or -1 */
	bool pages; /* the kernel writes it, page by page, when it likes: PF_MAP_PAGES */
	struct pf_volatile *volatile_bytes; /* which need no flush; NULL: all do */
	struct pf_medium *sizes; /* of one line, that has the file's size; NULL: it is `size` */
	char path[PATH_MAX];
};

/* size bytes of zeros; with fd >= 0, of the content of fd at `at`, a multiple of the page. */
int pmem2_pf_medium_init(struct pf_medium *medium, int fd, size_t at, size_t size);

/* Makes room for a file that grew; what is new are zeros. 0 or -errno. */
int pmem2_pf_medium_grow(struct pf_medium *medium, size_t size);

/*
 * The line that has the file's size, as a medium of its own: a size is stored, flushed and durable as content is. Made
 * if there is none, with the size that the file has now; NULL: no memory.
 */
struct pf_medium *pmem2_pf_medium_sizes(struct pf_medium *medium);

/* Whether it is that of a file. */
bool pmem2_pf_medium_is_size(const struct pf_medium *medium);

/* A size as such a line, and back. */
void pmem2_pf_medium_put_size(char *line, size_t size);
size_t pmem2_pf_medium_get_size(const char *line);

/* Gives back the memory that differs from the snapshot: the file is as it was in that. */
void pmem2_pf_medium_forget(struct pf_medium *medium);

void pmem2_pf_medium_finish(struct pf_medium *medium);

/* The line may hold something else than zeros, now or when it becomes durable. */
static inline void pmem2_pf_medium_know(const struct pf_medium *medium, size_t line)
{
	size_t page = line / (PF_PAGE / PF_LINE), group = page / PF_GROUP;
	unsigned char bit = (unsigned char)(1u << page % 8);

	if ((medium->known[page / 8] & bit) != 0)
		return; /* and its group is */
	medium->known[page / 8] |= bit;
	medium->known_groups[group / 8] |= (unsigned char)(1u << group % 8);
}

/*
 * The next pages from *begin on and before *end, bytes, that may hold something else than zeros; false: there
 * are none. Costs what is known, not the size of the file.
 */
bool pmem2_pf_medium_next(const struct pf_medium *medium, size_t *begin, size_t *end);

static inline char *pmem2_pf_medium_line(const struct pf_medium *medium, size_t line)
{
	return medium->durable + line * PF_LINE;
}

#endif
