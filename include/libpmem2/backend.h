/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/backend.h -- the contract between the library and a flush backend.
 *
 * A backend is a shared object NAME.so in the backend directory that exports
 * one data symbol, `pmem2_backend_v1`. It is data: no constructor, no
 * registration, no link to libpmem2. Its operations have the signatures that
 * programs call, so pmem2_get_flush_fn() hands out the backend's own function
 * and no other code runs between the program and the flush instruction.
 *
 * The version is in the symbol's name. A change of the layout or the meaning of a
 * structure below needs a new name, so that an old backend is not found.
 */
#ifndef LIBPMEM2_BACKEND_H
#define LIBPMEM2_BACKEND_H 1

#include <libpmem2/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a variant makes durable: a bit for each granularity, and one apart. */
#define PMEM2_SERVES_BYTE       (1U << 0)
#define PMEM2_SERVES_CACHE_LINE (1U << 1)
#define PMEM2_SERVES_PAGE       (1U << 2)
/* anonymous and private mappings: nothing outlives the process, stores and a fence do */
#define PMEM2_SERVES_VOLATILE   (1U << 3)

/* CPU features that a variant may need; the library detects them (CPUID and XGETBV, HWCAP). */
#define PMEM2_CPU_SSE2       (UINT64_C(1) << 0)
#define PMEM2_CPU_AVX2       (UINT64_C(1) << 1)
#define PMEM2_CPU_AVX512F    (UINT64_C(1) << 2)
#define PMEM2_CPU_CLFLUSH    (UINT64_C(1) << 3)
#define PMEM2_CPU_CLFLUSHOPT (UINT64_C(1) << 4)
#define PMEM2_CPU_CLWB       (UINT64_C(1) << 5)
#define PMEM2_CPU_MOVDIR64B  (UINT64_C(1) << 6)
#define PMEM2_CPU_NEON       (UINT64_C(1) << 32)
#define PMEM2_CPU_DCPOP      (UINT64_C(1) << 33) /* DC CVAP: clean to the point of persistence */
#define PMEM2_CPU_DCPODP     (UINT64_C(1) << 34) /* DC CVADP: to the point of deep persistence */

/* How the large copies of a CPU are best shaped: which measured row of the backend's table. */
#define PMEM2_SHAPE_DEFAULT 0U
#define PMEM2_SHAPE_INTEL   1U
#define PMEM2_SHAPE_AMD     2U

/*
 * What the library tells a backend about the machine and the environment. The backend
 * owns the structure and puts its defaults there. The library overwrites it once, before
 * it hands out any of the backend's functions.
 */
struct pmem2_tuning {
	size_t movnt_threshold; /* bytes; copies of this size and more are non-temporal, unless a
	                           hint asks for temporal ones; SIZE_MAX: none is, whatever the hint */
	size_t line_size;       /* bytes that one flush instruction covers, a power of two */
	unsigned nt_evicts;     /* 1: a non-temporal store to a cached line evicts it, so that store
	                           and fence are durable (Intel SDM vol. 1, 10.4.6.2); 0: not
	                           promised, write the lines back as well */
	unsigned shape;         /* PMEM2_SHAPE_* */
	unsigned reserved[4];   /* 0 */
};

/*
 * One way to do it. All operations are mandatory, may be called from any thread on any
 * memory, must not allocate, lock or read the environment, and keep errno.
 */
struct pmem2_variant {
	const char *name;         /* "clwb-avx512f": what pmem2_map_get_backend_name() returns; the
	                             backend's name, or that, '-' and more; no two that
	                             serve the same are equal */
	uint64_t needs;           /* PMEM2_CPU_* bits, all must be present */
	unsigned serves;          /* PMEM2_SERVES_* bits */
	unsigned reserved;        /* 0 */
	pmem2_persist_fn persist; /* flush, then drain */
	pmem2_flush_fn flush;     /* starts making [ptr, ptr + size) durable */
	pmem2_drain_fn drain;     /* waits for this thread's flushes */
	pmem2_persist_fn deep_persist; /* as persist, to the most reliable point that an
	                                  instruction reaches; persist itself if that is it */
	pmem2_memmove_fn memmove;      /* any overlap; flushes and drains as flags say */
	pmem2_memset_fn memset;
};

/*
 * A mapping, as a backend that watches them sees it. fd is open for the duration of
 * attach only, or -1: anonymous memory, or a mapping made elsewhere whose file is closed.
 */
struct pmem2_attached {
	void *address;
	size_t length; /* bytes */
	size_t offset; /* of the mapping's first byte in the file; 0 if not known */
	int fd;
	enum pmem2_granularity granularity;
};

/* What a backend's sync is called for, as flags. */
#define PMEM2_SYNC_COPY (1U << 0) /* the bytes are those of a copy by a variant of the backend */
#define PMEM2_SYNC_LATER \
	(1U << 1) /* nothing is to be written: the program has flushed, and not drained */
#define PMEM2_SYNC_DRAIN \
	(1U << 2) /* what this thread has flushed with LATER in the range is written now */
#define PMEM2_SYNC_ALL (1U << 3) /* with DRAIN: what any thread has, as the mapping goes */

/* what attach returns of a mapping that is not the backend's: ask the next one */
#define PMEM2_ATTACH_NEXT 1

struct pmem2_backend {
	const char *name;                            /* the file's name without .so */
	const struct pmem2_variant *const *variants; /* best first, NULL ends */
	struct pmem2_tuning *tuning;                 /* NULL if it wants none */
	/*
	 * Optional, NULL if mappings do not matter to it. attach is called when a
	 * mapping that a variant of this backend serves is made, before the program
	 * gets it. It returns 0: the mapping is served by this backend;
	 * PMEM2_ATTACH_NEXT: it is not its own, and the next best backend is asked;
	 * or -errno, which makes the mapping fail. Any other value makes it fail too,
	 * with PMEM2_E_BACKEND. detach is called for what attach returned 0 for,
	 * before the memory goes, with the address and length of attach and fd -1;
	 * if it then cannot be unmapped, attach is called again, with fd -1, and what
	 * it returns is ignored.
	 * Both are called from any thread, with no lock of the library held.
	 */
	int (*attach)(const struct pmem2_attached *map);
	void (*detach)(const struct pmem2_attached *map);
	/*
	 * Optional. As persist of the variant that serves PAGE, for a range within one mapping, but
	 * returns 0, or -errno where that would abort the process. It is called instead of that
	 * variant's persist, flush and drain, and of the flush in its copies, which get NOFLUSH. NULL:
	 * the library hands out the variant's own functions, and knows no error. how: PMEM2_SYNC_*,
	 * LATER only if the backend has an attach. site: where the program called from.
	 */
	int (*sync)(const void *ptr, size_t size, unsigned how, const void *site);
	void *reserved[2]; /* NULL */
};

#define PMEM2_BACKEND_EXPORT __attribute__((visibility("default")))

extern PMEM2_BACKEND_EXPORT const struct pmem2_backend pmem2_backend_v1;

#ifdef __cplusplus
}
#else
/* if one of these fails, the contract has changed: give the symbol a new name */
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L && UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(struct pmem2_tuning) == 40, "layout of contract v1");
_Static_assert(sizeof(struct pmem2_variant) == 72, "layout of contract v1");
_Static_assert(sizeof(struct pmem2_attached) == 32, "layout of contract v1");
_Static_assert(sizeof(struct pmem2_backend) == 64, "layout of contract v1");
#endif
#endif

#endif
