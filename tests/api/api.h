/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * api.h -- what the tests of the public interface share.
 *
 * One program for each area, one test for each sentence of the specification. Check runs every
 * test in a process of its own, so a test may set the environment, break the library or leave
 * things open. The programs know the public header only: linked to PMDK's library they
 * test that one, less the cases that better.c names.
 */
#ifndef TESTS_API_H
#define TESTS_API_H 1

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libpmem2.h>

#include "../codes.h"
#include "../emulated.h"

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))
#define MiB  ((size_t)1 << 20)
#define GiB  ((size_t)1 << 30)

/* Runs the cases, in processes of their own. PMEM2_TEST_ONLY=name runs one. */
int api_main(const char *area, const TTest *const *cases, size_t n);

#define API_MAIN(area, ...) \
	int main(void) \
	{ \
		const TTest *const cases[] = {__VA_ARGS__}; \
		return api_main(area, cases, sizeof(cases) / sizeof(cases[0])); \
	}

/* Which library is called, and which node of it this program is linked to. */
bool api_is_peer(void); /* PMDK's library */
bool api_is_old(void);  /* ours, through a node of PMDK's: it returns what PMDK's does */

/* where the manual's result differs from PMDK's: which this program must get */
int api_manual(int manual, int pmdk);

/* ends a test that this machine cannot show, and says why */
#define cannot(why) \
	do { \
		printf("%s: not shown: %s\n", __func__, why); \
		return; \
	} while (0)

/* Is area/name in the list of cases where PMDK returns something else? (better.c) */
bool api_is_better(const char *area, const char *name);
/* one that the list has and the area has not; NULL: there is none */
const char *api_stale(const char *area, const TTest *const *cases, size_t n);

/* what a call returns, and what the message holds */
#define works(call) \
	do { \
		int api_ret_ = (call); \
		ck_assert_msg(api_ret_ == 0, "%s: %d (%s)", #call, api_ret_, pmem2_errormsg()); \
	} while (0)
#define fails(call, code) \
	do { \
		int api_ret_ = (call); \
		ck_assert_msg(api_ret_ == (code), "%s: %d (%s), not %s", #call, api_ret_, \
			pmem2_errormsg(), #code); \
	} while (0)
/* the message names all of these; PMDK's library has words of its own */
#define says(...) api_says((const char *const[]){__VA_ARGS__, NULL})
void api_says(const char *const *names);
/* a number in digits, valid until eight more were asked for */
const char *decimal(size_t number);

/* files: new, open for reading and writing, without a name, of the given size */
int api_file(size_t size);
int api_file_in(const char *dir, size_t size);
int api_reopen(int fd, int flags);    /* the same file, opened once more */
const char *api_disk(void);           /* a directory on a disk's file system */
const char *api_shm(void);            /* one on tmpfs */
char api_byte(int fd, size_t offset); /* what the file has there */

/*
 * What PMEM2_FORCE_GRANULARITY can be set to here: PAGE first, and the others if this machine's CPU
 * has a backend for them. The same as values, and the finest but BYTE.
 */
extern const char *const api_forced[];
size_t api_forced_count(void);

/* So often, or a quarter of it where all is slow: PMEM2_TEST_CASES is below 1000. */
size_t api_times(size_t times);
enum pmem2_granularity api_granularity(size_t i);
enum pmem2_granularity api_line(void);

/* objects, made or the test fails */
struct pmem2_source *api_source(int fd);
struct pmem2_source *api_anon(size_t size);
struct pmem2_config *api_config(void); /* satisfied with PAGE */
struct pmem2_map *api_map(struct pmem2_config *cfg, struct pmem2_source *src);
struct pmem2_map *api_map_file(size_t size);
struct pmem2_map *api_map_forced(const char *granularity, size_t size);
struct pmem2_vm_reservation *api_reserve(size_t size);

/* the process's memory: is [addr, addr + size) free, and what may be done there */
bool api_is_free(const void *addr, size_t size);
bool api_has_prot(const void *addr, const char *prot); /* "rw-s" as in /proc/self/maps */
int api_count_fds(void);

#endif
