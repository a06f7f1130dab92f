/* SPDX-License-Identifier: BSD-3-Clause */
/* notes.c -- which pages this thread has flushed and not yet written. */
#include "notes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum {
	BLOCK = 8192, /* bytes, for each thread */
	NOTES_MAX = BLOCK / sizeof(struct pmem2_note) - 1,
};

/*
 * All stores to the notes are in the order of the text (volatile), so that at each instant every page that is
 * noted is in some note up to count: an interrupted change may show more than is noted, not less.
 */
struct notes {
	volatile unsigned count;
	volatile unsigned inside; /* calls of this thread that are at work on it */
	void (*at_exit)(void);
	volatile struct pmem2_note note[NOTES_MAX];
};

_Static_assert(sizeof(struct notes) <= BLOCK, "a block holds them");

static _Thread_local struct notes *mine;

/* ---- the block ---- */

static pthread_key_t key;
static bool has_key;

static void end_thread(void *block)
{
	struct notes *notes = block;

	if (notes->count > 0)
		notes->at_exit();
	mine = NULL;
	munmap(notes, BLOCK);
}

static void make_key(void)
{
	has_key = pthread_key_create(&key, end_thread) == 0;
}

static struct notes *block(void (*at_exit)(void))
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (mine != NULL)
		return mine;
	pthread_once(&once, make_key);
	if (!has_key)
		return NULL;

	struct notes *made =
		mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		return NULL;
	if (pthread_setspecific(key, made) != 0) {
		munmap(made, BLOCK);
		return NULL;
	}
	made->at_exit = at_exit;
	mine = made;
	return made;
}

/* ---- the notes ---- */

static bool is_within(volatile const struct pmem2_note *note, struct pmem2_note range)
{
	return note->begin >= range.begin && note->end <= range.end;
}

/* The first note that ends at or beyond an address, or count. */
static unsigned first_up_to(const struct notes *notes, uintptr_t address)
{
	unsigned low = 0, high = notes->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (notes->note[middle].end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void copy(struct notes *notes, unsigned to, unsigned from)
{
	notes->note[to].begin = notes->note[from].begin;
	notes->note[to].end = notes->note[from].end;
}

static bool insert(struct notes *notes, unsigned at, struct pmem2_note range)
{
	unsigned count = notes->count;

	if (count == NOTES_MAX)
		return false;
	if (at < count) {
		copy(notes, count, count - 1);
		notes->count = count + 1;
		for (unsigned i = count - 1; i > at; i--)
			copy(notes, i, i - 1);
	}
	notes->note[at].begin = range.begin;
	notes->note[at].end = range.end;
	notes->count = count + 1;
	return true;
}

/* Makes the note at `at` as long as it and the range are, and takes those of the map that it then meets. */
static void extend(struct notes *notes, unsigned at, struct pmem2_note range, struct pmem2_note map)
{
	unsigned count = notes->count, next = at + 1;

	if (range.begin < notes->note[at].begin)
		notes->note[at].begin = range.begin;
	if (range.end > notes->note[at].end)
		notes->note[at].end = range.end;
	while (next < count && is_within(&notes->note[next], map) &&
		notes->note[next].begin <= notes->note[at].end) {
		if (notes->note[next].end > notes->note[at].end)
			notes->note[at].end = notes->note[next].end;
		next++;
	}
	unsigned taken = next - at - 1;
	for (unsigned i = at + 1; taken > 0 && i + taken < count; i++)
		copy(notes, i, i + taken);
	notes->count = count - taken;
}

static bool add(struct notes *notes, struct pmem2_note range, struct pmem2_note map)
{
	unsigned at = first_up_to(notes, range.begin);

	for (unsigned i = at; i < notes->count && notes->note[i].begin <= range.end; i++)
		if (is_within(&notes->note[i], map)) {
			extend(notes, i, range, map);
			return true;
		}

	while (at < notes->count && notes->note[at].begin < range.begin)
		at++; /* another map's that touches it */
	return insert(notes, at, range);
}

bool pmem2_notes_add(struct pmem2_note range, struct pmem2_note map, void (*at_exit)(void))
{
	struct notes *notes = block(at_exit);

	if (notes == NULL || notes->inside != 0)
		return false;
	notes->inside = 1;
	bool added = add(notes, range, map);
	notes->inside = 0;
	return added;
}

bool pmem2_notes_exist(void)
{
	return mine != NULL && mine->count > 0;
}

const struct pmem2_note *pmem2_notes_begin(size_t *count)
{
	struct notes *notes = mine;

	*count = 0;
	if (notes == NULL)
		return NULL;
	notes->inside++;
	*count = notes->count;
	return (const struct pmem2_note *)notes->note;
}

void pmem2_notes_done(struct pmem2_note range)
{
	struct notes *notes = mine;
	unsigned kept = 0;

	if (notes == NULL)
		return;
	/* the code that a signal handler has interrupted needs them as they are */
	for (unsigned i = 0; notes->inside == 1 && i < notes->count; i++) {
		if (is_within(&notes->note[i], range))
			continue;
		if (kept != i)
			copy(notes, kept, i);
		kept++;
	}
	if (notes->inside == 1)
		notes->count = kept;
	notes->inside--;
}
