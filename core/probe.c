/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * probe.c -- whether memory is there, without touching it.
 *
 * What lies in a loaded object, as all tables of a backend do that the compiler made, is told by the
 * object's segments. Of other memory the kernel is asked, by a system call that would read or write there.
 */
#include "probe.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	MASK_SIZE = 8, /* bytes of the kernel's signal mask */
};

/* ---- what a loaded object says ---- */

typedef ElfW(Phdr) program_header;

struct segment {
	uintptr_t begin, end; /* what is asked about */
	bool found, writable;
};

/* ld.so makes whole pages of RELRO read-only (gABI: PT_GNU_RELRO). */
static bool is_made_read_only(const struct segment *s, const struct dl_phdr_info *object,
	const program_header *header)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = object->dlpi_addr + header->p_vaddr, end = begin + header->p_memsz;

	return header->p_type == PT_GNU_RELRO && s->begin < end - end % page &&
	       s->end > begin - begin % page;
}

static int look(struct dl_phdr_info *object, size_t size, void *arg)
{
	struct segment *s = arg;

	(void)size;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const program_header *header = &object->dlpi_phdr[i];
		uintptr_t begin = object->dlpi_addr + header->p_vaddr;

		if (header->p_type == PT_LOAD && (header->p_flags & PF_R) && s->begin >= begin &&
			s->end <= begin + header->p_memsz) {
			s->found = true;
			s->writable = header->p_flags & PF_W;
		}
	}
	for (size_t i = 0; s->found && i < object->dlpi_phnum; i++)
		if (is_made_read_only(s, object, &object->dlpi_phdr[i]))
			s->writable = false;
	return s->found;
}

static struct segment segment_of(const void *at, size_t size)
{
	struct segment s = {.begin = (uintptr_t)at, .end = (uintptr_t)at + size};

	if (s.end > s.begin)
		dl_iterate_phdr(look, &s);
	return s;
}

/* ---- what the kernel says ---- */

/*
 * The kernel reads the mask before it refuses to do such a thing with it, and says EFAULT where it cannot;
 * nothing is changed. The two ends tell of what is smaller than a page. The mask may reach beyond the last.
 */
static bool kernel_can_read(const void *at, size_t size)
{
	const char *ends[] = {at, (const char *)at + size - 1};
	const int no_such_thing = ~0;

	for (size_t i = 0; i < 2; i++) {
		const char *mask = (const char *)((uintptr_t)ends[i] & ~(uintptr_t)(MASK_SIZE - 1));

		if (syscall(SYS_rt_sigprocmask, no_such_thing, mask, NULL, MASK_SIZE) != 0 &&
			errno == EFAULT)
			return false;
	}
	return true;
}

/* It writes the thread's mask there, and what was there is put back. */
static bool kernel_can_write(void *at, size_t size)
{
	char kept[MASK_SIZE], *ends[] = {at, (char *)at + size - MASK_SIZE};

	for (size_t i = 0; i < 2; i++) {
		memcpy(kept, ends[i], MASK_SIZE);
		if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, ends[i], MASK_SIZE) != 0 &&
			errno == EFAULT)
			return false;
		memcpy(ends[i], kept, MASK_SIZE);
	}
	return true;
}

bool pmem2_probe_readable(const void *at, size_t size)
{
	int saved = errno;
	bool can = segment_of(at, size).found || kernel_can_read(at, size);

	errno = saved;
	return can;
}

bool pmem2_probe_writable(void *at, size_t size)
{
	int saved = errno;
	struct segment s = segment_of(at, size);
	bool can = s.found ? s.writable : kernel_can_read(at, size) && kernel_can_write(at, size);

	errno = saved;
	return can;
}
