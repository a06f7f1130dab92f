/* SPDX-License-Identifier: BSD-3-Clause */
/* maps.c -- follows mappings: which file each shows, and what that held. */
#include "maps.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "session.h"

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

/* Whom the mapping shows: what the descriptor tells goes before what the area does. */
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

/* ---- files ---- */

static struct pf_medium *find_medium(const struct pf_identity *id)
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
		.fd = is_file(fd) ? fd : -1,
		.memory = map->address - (map->offset - begin),
		.begin = begin,
		.end = map->offset + map->length,
	};
	size_t at;
	int copy, ret;

	ret = pmem2_pf_session_file(medium, &content, &copy, &at);
	if (ret != 0)
		return ret;
	ret = pmem2_pf_medium_init(medium, copy, at, medium->size);
	close(copy);
	return ret;
}

static struct pf_medium *new_medium(const struct pf_medium *wanted, const struct pf_map *map,
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
	*error = take_content(medium, map, fd);
	if (*error != 0) {
		free(medium);
		return NULL;
	}
	engine->media[engine->media_count++] = medium;
	return medium;
}

/* ---- attach ---- */

static bool overlaps(const struct pf_map *a, const struct pf_map *b)
{
	return a->medium == b->medium && a->offset < b->offset + b->length &&
	       b->offset < a->offset + a->length;
}

static void take_line(const struct pf_lines *lines, void *arg)
{
	(void)arg;
	const char *content = pmem2_pf_trace_lines(PF_RECORD_WRITTEN, (struct pf_who){0}, 0, lines);

	for (size_t i = 0; i < pmem2_pf_line_count(lines); i++)
		pmem2_pf_model_write(&engine->model, lines->map->medium,
			pmem2_pf_first_line(lines) + i, content + i * PF_LINE);
}

static bool is_shown(const struct pf_map *map)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (overlaps(map, &engine->maps[i]))
			return true;
	return false;
}

static int add_map(const struct pf_map *map)
{
	struct pf_map *grown =
		realloc(engine->maps, (engine->map_count + 1) * sizeof(*engine->maps));
	size_t at = engine->map_count;

	if (grown == NULL)
		return -ENOMEM;
	engine->maps = grown;
	engine->last_map = NULL;
	for (; at > 0 && grown[at - 1].address > map->address; at--)
		grown[at] = grown[at - 1];
	grown[at] = *map;
	engine->map_count++;
	return 0;
}

static int attach(struct pf_map *map, const struct pf_medium *wanted, int fd)
{
	bool known, shown;
	int ret = 0;

	map->medium = find_medium(&wanted->identity);
	known = map->medium != NULL;
	if (known)
		ret = pmem2_pf_medium_grow(map->medium, wanted->size);
	else
		map->medium = new_medium(wanted, map, fd, &ret);
	shown = known && is_shown(map);
	if (ret == 0 && (engine->settings.dirty != PF_DIRTY_OFF ||
				map->granularity == PMEM2_GRANULARITY_BYTE))
		pmem2_pf_changed_watch(map);
	if (ret == 0)
		ret = add_map(map);
	if (ret != 0)
		return ret;

	pmem2_pf_session_map(PF_RECORD_ATTACH, map);
	/* what changed while no mapping was there was changed by write(2) and its like */
	if (known && !shown)
		pmem2_pf_changed(map, 0, map->length, PF_LAST_SEEN, take_line, NULL);
	return 0;
}

int pmem2_pf_attach(const struct pmem2_attached *attached)
{
	struct pf_map map = {
		.address = attached->address,
		.length = attached->length,
		.offset = attached->offset,
		.granularity = attached->granularity,
	};
	struct pf_medium *wanted = calloc(1, sizeof(*wanted));
	struct area area = {.shared = true};
	int ret = wanted == NULL ? -ENOMEM : pmem2_pf_start();

	if (ret == 0 && find_area((uintptr_t)map.address, &area))
		map.offset = area.offset + ((uintptr_t)map.address - area.begin);
	/* nothing of private and of anonymous memory outlives the process */
	bool follow = area.shared && (attached->fd >= 0 || area.inode != 0);

	if (ret == 0 && follow) {
		identify(wanted, &area, attached->fd);
		if (wanted->size < map.offset + map.length)
			wanted->size = map.offset + map.length;
		ret = -EDEADLK;
		if (pmem2_pf_enter()) {
			ret = attach(&map, wanted, attached->fd);
			pmem2_pf_leave();
		}
	}
	free(wanted);
	return ret;
}

/* ---- detach ---- */

static struct pf_map *find_map(const void *address)
{
	for (size_t i = 0; i < engine->map_count; i++)
		if (engine->maps[i].address == address)
			return &engine->maps[i];
	return NULL;
}

void pmem2_pf_detach(const struct pmem2_attached *attached)
{
	struct pf_map *map;

	if (!pmem2_pf_enter())
		return;
	map = find_map(attached->address);
	if (map != NULL) {
		pmem2_pf_session_detaching(map);
		pmem2_pf_session_map(PF_RECORD_DETACH, map);
		engine->last_map = NULL;
		engine->map_count--;
		memmove(map, map + 1,
			(size_t)(engine->maps + engine->map_count - map) * sizeof(*map));
	}
	pmem2_pf_leave();
}
