/* SPDX-License-Identifier: BSD-3-Clause */
/* files.c -- which file a mapping shows, and what that held before the program's first store. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "holes.h"
#include "powerfail/snapshot.h"
#include "records.h"

static struct pf_engine *const engine = &pmem2_pf_engine;

/* ---- what a mapping is ---- */

/* As /proc/self/maps has it, which knows more than whoever made the mapping may tell. */
struct area {
	uintptr_t begin, end;
	size_t offset;
	bool shared;
	uint64_t device, inode;
	char path[PATH_MAX];
};

static bool parse_area(const char *line, struct area *a)
{
	char permissions[8];
	unsigned major, minor;
	int at = 0;

	if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s %zx %x:%x %" SCNu64 " %n", &a->begin,
		    &a->end, permissions, &a->offset, &major, &minor, &a->inode, &at) < 7)
		return false;
	a->shared = permissions[3] == 's';
	a->device = makedev(major, minor);
	snprintf(a->path, sizeof(a->path), "%s", line + at);
	a->path[strcspn(a->path, "\n")] = '\0';
	return true;
}

static bool find_area(uintptr_t address, struct area *a)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char *line = NULL;
	size_t capacity = 0;
	bool found = false;

	if (maps == NULL)
		return false;
	while (!found && getline(&line, &capacity, maps) > 0)
		found = parse_area(line, a) && a->begin <= address && address < a->end;
	free(line);
	fclose(maps);
	return found;
}

/* The file that the mapping shows. What the descriptor tells is preferred to what the area tells. */
static void identify(struct pf_medium *wanted, const struct area *area, int fd)
{
	struct statx stx;
	char link[64];
	ssize_t n;

	wanted->identity = (struct pf_identity){area->device, area->inode, 0};
	snprintf(wanted->path, sizeof(wanted->path), "%s", area->path);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BTIME | STATX_INO | STATX_SIZE, &stx) != 0)
		return;

	wanted->identity.device = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	wanted->identity.inode = stx.stx_ino;
	if ((stx.stx_mask & STATX_BTIME) != 0)
		wanted->identity.born =
			(uint64_t)stx.stx_btime.tv_sec * 1000000000 + stx.stx_btime.tv_nsec;
	if (S_ISREG(stx.stx_mode))
		wanted->size = stx.stx_size;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, wanted->path, sizeof(wanted->path) - 1);
	if (n >= 0)
		wanted->path[n] = '\0';
}

/* The program's own mapping may be longer than the file: what is behind its end is not there yet. */
static void cut_to_file(struct pf_map *map, size_t size)
{
	size = (size + PF_PAGE - 1) / PF_PAGE * PF_PAGE;
	if (size < map->offset + map->length)
		map->length = size > map->offset ? size - map->offset : 0;
}

bool pmem2_pf_files_identify(struct pf_map *map, int fd, struct pf_medium *wanted)
{
	struct area area = {.shared = true};

	if (find_area((uintptr_t)map->address, &area))
		map->offset = area.offset + ((uintptr_t)map->address - area.begin);
	map->inode = area.inode;
	/* nothing of private and of anonymous memory outlives the process */
	if (!area.shared || (fd < 0 && area.inode == 0))
		return false;

	identify(wanted, &area, fd);
	if (map->followed)
		cut_to_file(map, wanted->size);
	else if (wanted->size < map->offset + map->length)
		wanted->size = map->offset + map->length;
	return true;
}

int pmem2_pf_files_open(const void *address)
{
	struct area area;
	struct stat st;
	int fd;

	if (!find_area((uintptr_t)address, &area) || !area.shared || area.inode == 0)
		return -1;
	fd = open(area.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &st) != 0 || st.st_ino != area.inode)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool pmem2_pf_files_is_shown(const struct pf_map *map)
{
	struct area area;

	if (map->inode == 0)
		return true; /* nobody tells */
	return find_area((uintptr_t)map->address, &area) && area.shared &&
	       area.inode == map->inode &&
	       area.offset + ((uintptr_t)map->address - area.begin) == map->offset;
}

/* ---- what they held ---- */

struct pf_medium *pmem2_pf_files_find(const struct pf_identity *id)
{
	for (size_t i = 0; i < engine->media_count; i++) {
		const struct pf_identity *other = &engine->media[i]->identity;

		if (id->device == other->device && id->inode == other->inode &&
			(id->born == other->born || id->born == 0 || other->born == 0))
			return engine->media[i];
	}
	return NULL;
}

static bool is_file(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/*
 * What the medium holds before the program's first store. A device, or a file that was closed, is
 * known only as far as it is mapped.
 */
static int take_content(struct pf_medium *medium, const struct pf_map *map, int fd)
{
	size_t begin = map->offset / PF_PAGE * PF_PAGE;
	const struct pf_content content = {
		.size = medium->size,
		.fd = is_file(fd) ? fd : medium->fd,
		.memory = map->address - (map->offset - begin),
		.begin = begin,
		.end = map->offset + map->length,
	};
	size_t at;
	int copy, ret;

	ret = pmem2_pf_record_file(medium, &content, &copy, &at);
	if (ret != 0)
		return ret;
	ret = pmem2_pf_medium_init(medium, copy, at, medium->size);
	close(copy);
	return ret;
}

struct pf_medium *pmem2_pf_files_add(const struct pf_medium *wanted, const struct pf_map *map,
	int fd, int *error)
{
	size_t size = (engine->media_count + 1) * sizeof(struct pf_medium *);
	struct pf_medium **grown = realloc(engine->media, size);
	struct pf_medium *medium = malloc(sizeof(*medium));

	if (grown != NULL)
		engine->media = grown;
	*error = -ENOMEM;
	if (grown == NULL || medium == NULL) {
		free(medium);
		return NULL;
	}

	*medium = *wanted;
	medium->id = (uint32_t)engine->media_count;
	medium->fd = -1;
	pmem2_pf_holes_open(medium, fd);
	*error = take_content(medium, map, fd);
	if (*error != 0) {
		pmem2_pf_holes_close(medium);
		free(medium);
		return NULL;
	}
	engine->media[engine->media_count++] = medium;
	return medium;
}
