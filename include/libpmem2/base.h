/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libpmem2/base.h -- sources, configs, maps, and the functions that make stores durable.
 *
 * A source says what to map, and a config says how. pmem2_map_new() maps it and finds the store
 * granularity. The map's functions (flush, drain, persist, memmove, memset) are the fastest correct
 * ones on this machine.
 *
 * Conventions:
 * - Functions that return int return 0, or a negative code: PMEM2_E_* or -errno;
 *   pmem2_errormsg() then has a sentence.
 * - Sizes, lengths, offsets and alignments are bytes.
 * - A *_new or *_from_* function stores an object, which the caller releases by
 *   the matching *_delete. A *_delete of NULL does nothing, and sets the pointer to NULL.
 * - Threads may use different objects at once. Several threads may read one object. A
 *   thread that changes an object (config setters, delete) must be the only one
 *   that uses it. Exceptions are named at the function.
 * - A function that makes an object can return -ENOMEM.
 * - A function that needs a backend can return PMEM2_E_BACKEND: PMEM2_BACKEND
 *   names one that cannot be used, or the backend breaks its contract.
 */
#ifndef LIBPMEM2_BASE_H
#define LIBPMEM2_BASE_H 1

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* of this header; pmem2_version() is of the library that runs */
#define PMEM2_VERSION_MAJOR 2
#define PMEM2_VERSION_MINOR 2
#define PMEM2_VERSION_PATCH 0
#define PMEM2_VERSION       "2.2.0"
#define PMEM2_VERSION_NUMBER \
	(PMEM2_VERSION_MAJOR * 10000 + PMEM2_VERSION_MINOR * 100 + PMEM2_VERSION_PATCH)

#define PMEM2_E_UNKNOWN                      (-100000)
#define PMEM2_E_NOSUPP                       (-100001)
#define PMEM2_E_FILE_HANDLE_NOT_SET          (-100003)
#define PMEM2_E_INVALID_FILE_HANDLE          (-100004)
#define PMEM2_E_INVALID_FILE_TYPE            (-100005)
#define PMEM2_E_MAP_RANGE                    (-100006)
#define PMEM2_E_MAPPING_EXISTS               (-100007)
#define PMEM2_E_GRANULARITY_NOT_SET          (-100008)
#define PMEM2_E_GRANULARITY_NOT_SUPPORTED    (-100009)
#define PMEM2_E_OFFSET_OUT_OF_RANGE          (-100010)
#define PMEM2_E_OFFSET_UNALIGNED             (-100011)
#define PMEM2_E_INVALID_ALIGNMENT_FORMAT     (-100012)
#define PMEM2_E_INVALID_ALIGNMENT_VALUE      (-100013)
#define PMEM2_E_INVALID_SIZE_FORMAT          (-100014)
#define PMEM2_E_LENGTH_UNALIGNED             (-100015)
#define PMEM2_E_MAPPING_NOT_FOUND            (-100016)
#define PMEM2_E_BUFFER_TOO_SMALL             (-100017)
#define PMEM2_E_SOURCE_EMPTY                 (-100018)
#define PMEM2_E_INVALID_SHARING_VALUE        (-100019)
#define PMEM2_E_SRC_DEVDAX_PRIVATE           (-100020)
#define PMEM2_E_INVALID_ADDRESS_REQUEST_TYPE (-100021)
#define PMEM2_E_ADDRESS_UNALIGNED            (-100022)
#define PMEM2_E_ADDRESS_NULL                 (-100023)
#define PMEM2_E_DEEP_FLUSH_RANGE             (-100024)
#define PMEM2_E_INVALID_REGION_FORMAT        (-100025)
#define PMEM2_E_DAX_REGION_NOT_FOUND         (-100026)
#define PMEM2_E_INVALID_DEV_FORMAT           (-100027)
#define PMEM2_E_CANNOT_READ_BOUNDS           (-100028)
#define PMEM2_E_NO_BAD_BLOCK_FOUND           (-100029)
#define PMEM2_E_LENGTH_OUT_OF_RANGE          (-100030)
#define PMEM2_E_INVALID_PROT_FLAG            (-100031)
#define PMEM2_E_NO_ACCESS                    (-100032)
#define PMEM2_E_VM_RESERVATION_NOT_EMPTY     (-100033)
/*
 * PMDK's manual says MAPPING_EXISTS where its code returned MAP_EXISTS (-100034). Here they
 * are one value, so that source written for either works; a switch cannot name both.
 */
#define PMEM2_E_MAP_EXISTS                   PMEM2_E_MAPPING_EXISTS
#define PMEM2_E_FILE_DESCRIPTOR_NOT_SET      (-100035)
#define PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED    (-100036)
#define PMEM2_E_IO_FAIL                      (-100037)
/* only in this library: PMEM2_BACKEND names a backend that cannot be used; the message says why */
#define PMEM2_E_BACKEND                      (-100200)

struct pmem2_source;
struct pmem2_config;
struct pmem2_map;
struct pmem2_vm_reservation;

/* ---- sources: what to map ---- */

/*
 * Makes a source of an open file: a regular file, or a Device DAX character device. The
 * descriptor must be open for reading, or reading and writing. It is neither duplicated
 * nor closed: keep it open as long as the source is used. Maps do not need it. The type is
 * read once, the size each time that it is needed: a file may grow.
 *
 * *src is NULL after a failure.
 *
 * Errors:
 *   PMEM2_E_INVALID_FILE_HANDLE  fd is negative, closed, or open for writing only
 *   PMEM2_E_INVALID_FILE_TYPE    a directory, pipe, socket, block device, or a character
 *                                device that is no Device DAX
 *   -errno                       of fcntl(2), fstat(2), fstatfs(2)
 */
int pmem2_source_from_fd(struct pmem2_source **src, int fd);

/*
 * Makes a source of anonymous memory: zeros, which are gone when they are unmapped. Any size is
 * accepted. It is the length of a mapping whose config has no length.
 */
int pmem2_source_from_anon(struct pmem2_source **src, size_t size);

/*
 * The descriptor that the source was made of.
 *
 * Errors: PMEM2_E_FILE_DESCRIPTOR_NOT_SET for anonymous memory; *fd is untouched.
 */
int pmem2_source_get_fd(const struct pmem2_source *src, int *fd);

/*
 * The size of the source now. *size is untouched after a failure.
 *
 * Errors:
 *   PMEM2_E_INVALID_FILE_HANDLE  the descriptor has been closed
 *   PMEM2_E_INVALID_SIZE_FORMAT  the device's size in sysfs is not a number
 *   -errno                       of fstat(2), or of reading the device's size
 */
int pmem2_source_size(const struct pmem2_source *src, size_t *size);

/*
 * What offset and length of a mapping must be multiples of: the page size; for a file of hugetlbfs, or
 * a memfd with MFD_HUGETLB, the size of its pages; for Device DAX the device's alignment.
 *
 * Errors:
 *   PMEM2_E_INVALID_ALIGNMENT_FORMAT, _VALUE  the device's alignment in sysfs is not a number;
 *                                             is not a power of two
 *   -errno                                    of reading it
 */
int pmem2_source_alignment(const struct pmem2_source *src, size_t *alignment);

/* Releases the source; never fails. Maps and bad block contexts that were made of it stay valid. */
int pmem2_source_delete(struct pmem2_source **src);

/*
 * Reads, or writes, size bytes at offset; a bad block is an error, and no SIGBUS. After an
 * error, the content of the destination is unspecified. Several threads may call it at
 * once. The process's SIGBUS handler still gets the signals that are about anything else.
 *
 * Errors:
 *   PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED  anonymous memory
 *   PMEM2_E_LENGTH_OUT_OF_RANGE        [offset, offset + size) ends after the source
 *   PMEM2_E_IO_FAIL                    a bad block is in the way
 *   PMEM2_E_NOSUPP                     Device DAX: the process has had too many handlers of SIGBUS
 *   -EINVAL                            the descriptor has O_DIRECT, and address, offset or size is
 *                                      not a multiple of the file system's block size
 *   -errno                             of pread(2), pwrite(2), mmap(2); all those of
 *                                      pmem2_source_size, _alignment
 * and, of writing:
 *   PMEM2_E_GRANULARITY_NOT_SUPPORTED  Device DAX: no backend makes the bytes durable
 *   -EOPNOTSUPP                        with O_APPEND, on kernels before 6.9
 */
int pmem2_source_pread_mcsafe(struct pmem2_source *src, void *buf, size_t size, size_t offset);
int pmem2_source_pwrite_mcsafe(struct pmem2_source *src, void *buf, size_t size, size_t offset);

/* ---- virtual memory reservations: places to map into ---- */

/* Where the reservation begins, and its length. */
void *pmem2_vm_reservation_get_address(struct pmem2_vm_reservation *rsv);
size_t pmem2_vm_reservation_get_size(struct pmem2_vm_reservation *rsv);

/*
 * Reserves address space for maps. It cannot be accessed. addr is a multiple of the page
 * size, or NULL: the library chooses a multiple of 2 MiB, from 2 GiB on of 1 GiB.
 * *rsv_ptr is NULL after a failure.
 *
 * Several threads may make and delete maps in different parts of one reservation at once.
 * No other thread may use it during extend, shrink and delete.
 *
 * Errors:
 *   PMEM2_E_ADDRESS_UNALIGNED    addr is not on a page boundary
 *   PMEM2_E_LENGTH_UNALIGNED     size is not a multiple of the page size
 *   PMEM2_E_LENGTH_OUT_OF_RANGE  size is 0
 *   PMEM2_E_MAPPING_EXISTS       something is mapped in [addr, addr + size)
 *   -ENOMEM                      no room for it in the address space
 *   -errno                       of mmap(2)
 */
int pmem2_vm_reservation_new(struct pmem2_vm_reservation **rsv_ptr, void *addr, size_t size);

/*
 * Gives the address space back.
 *
 * Errors: PMEM2_E_VM_RESERVATION_NOT_EMPTY while maps are in it (it is kept); -errno of munmap(2).
 */
int pmem2_vm_reservation_delete(struct pmem2_vm_reservation **rsv_ptr);

/*
 * Makes the reservation longer by size at its end. Unchanged after a failure.
 *
 * Errors:
 *   PMEM2_E_LENGTH_UNALIGNED  size is not a multiple of the page size
 *   PMEM2_E_MAPPING_EXISTS    something is mapped there
 *   -ENOMEM                   no room
 *   -errno                    of mmap(2)
 */
int pmem2_vm_reservation_extend(struct pmem2_vm_reservation *rsv, size_t size);

/*
 * Gives back [offset, offset + size) of the reservation, which must be its beginning or its end.
 * After the beginning went, offsets count from the new one. Unchanged after a failure.
 *
 * Errors, in this order:
 *   PMEM2_E_OFFSET_UNALIGNED, PMEM2_E_LENGTH_UNALIGNED  not multiples of the page size
 *   PMEM2_E_OFFSET_OUT_OF_RANGE       offset is not inside the reservation
 *   PMEM2_E_LENGTH_OUT_OF_RANGE       size is 0, or ends after the reservation
 *   PMEM2_E_NOSUPP                    the middle, or all of it
 *   PMEM2_E_VM_RESERVATION_NOT_EMPTY  maps are in the part
 *   -errno                            of munmap(2)
 */
int pmem2_vm_reservation_shrink(struct pmem2_vm_reservation *rsv, size_t offset, size_t size);

/*
 * Finds a map of the reservation: the first that has a byte of [reserv_offset, reserv_offset
 * + len), or if len is 0 the byte at reserv_offset; the one before, or after, map, which need
 * not be in the reservation; the first; the last. A found map is valid until it is deleted.
 *
 * Errors: PMEM2_E_MAPPING_NOT_FOUND, with NULL stored.
 */
int pmem2_vm_reservation_map_find(struct pmem2_vm_reservation *rsv, size_t reserv_offset,
	size_t len, struct pmem2_map **map);
int pmem2_vm_reservation_map_find_prev(struct pmem2_vm_reservation *rsv, struct pmem2_map *map,
	struct pmem2_map **prev_map);
int pmem2_vm_reservation_map_find_next(struct pmem2_vm_reservation *rsv, struct pmem2_map *map,
	struct pmem2_map **next_map);
int pmem2_vm_reservation_map_find_first(struct pmem2_vm_reservation *rsv, struct pmem2_map **map);
int pmem2_vm_reservation_map_find_last(struct pmem2_vm_reservation *rsv, struct pmem2_map **map);

/* ---- configs: how to map ---- */

/*
 * A config: no granularity yet, PMEM2_SHARED, readable and writable, from offset 0
 * to the end of the source, anywhere. A setter that refuses a value keeps the old one.
 */
int pmem2_config_new(struct pmem2_config **cfg);
int pmem2_config_delete(struct pmem2_config **cfg); /* never fails */

/* How much is written when a byte is made durable, from the finest to the coarsest. */
enum pmem2_granularity {
	PMEM2_GRANULARITY_BYTE, /* the caches are in the power-fail domain (eADR): a fence does */
	PMEM2_GRANULARITY_CACHE_LINE, /* the memory controller is (ADR): lines are flushed */
	PMEM2_GRANULARITY_PAGE,       /* block storage: pages are written by msync(2) */
};

/*
 * The coarsest granularity that the program accepts. It must be set before a map is made.
 *
 * Errors: PMEM2_E_GRANULARITY_NOT_SUPPORTED, g is none of the three.
 */
int pmem2_config_set_required_store_granularity(struct pmem2_config *cfg, enum pmem2_granularity g);

/*
 * Where in the source the mapping begins. pmem2_map_new requires a multiple of the source's alignment.
 *
 * Errors: PMEM2_E_OFFSET_OUT_OF_RANGE, offset is greater than INT64_MAX.
 */
int pmem2_config_set_offset(struct pmem2_config *cfg, size_t offset);

/*
 * How much to map; 0: to the end of the source. pmem2_map_new checks it. Never fails.
 */
int pmem2_config_set_length(struct pmem2_config *cfg, size_t length);

enum pmem2_sharing_type {
	PMEM2_SHARED,  /* stores reach the source */
	PMEM2_PRIVATE, /* stores stay in this process, and are never durable */
};

/* Errors: PMEM2_E_INVALID_SHARING_VALUE, type is neither. */
int pmem2_config_set_sharing(struct pmem2_config *cfg, enum pmem2_sharing_type type);

#define PMEM2_PROT_EXEC  (1U << 29)
#define PMEM2_PROT_READ  (1U << 30)
#define PMEM2_PROT_WRITE (1U << 31)
#define PMEM2_PROT_NONE  0

/* Errors: PMEM2_E_INVALID_PROT_FLAG, prot has a bit that is none of the above. */
int pmem2_config_set_protection(struct pmem2_config *cfg, unsigned prot);

/*
 * Places the map at offset of the reservation. rsv NULL: the library chooses the place.
 * pmem2_map_new checks the offset. Never fails. The reservation must outlive the maps in it.
 */
int pmem2_config_set_vm_reservation(struct pmem2_config *cfg, struct pmem2_vm_reservation *rsv,
	size_t offset);

/* ---- maps ---- */

/*
 * Makes a map of memory that the program mapped itself, and which shows a part of src. Address,
 * length and granularity are not verified. pmem2_map_delete does not unmap it. Call it before
 * the memory is unmapped: until then another map that gets these addresses is refused. *map is
 * untouched after a failure.
 *
 * Errors:
 *   PMEM2_E_MAPPING_EXISTS             another map has part of [addr, addr + len); a program
 *                                      linked to PMDK's library gets -100034
 *   PMEM2_E_GRANULARITY_NOT_SUPPORTED  gran is none of the three, or no backend serves it here
 *   -errno                             a backend that watches mappings refused it
 */
int pmem2_map_from_existing(struct pmem2_map **map, const struct pmem2_source *src, void *addr,
	size_t len, enum pmem2_granularity gran);

/*
 * Maps the source as the config says. Source, config and descriptor are not needed afterwards.
 * *map_ptr is NULL after a failure, and nothing is left mapped. Files of 2 MiB and more are placed on
 * 2 MiB boundaries, of 2 GiB and more on 1 GiB boundaries.
 *
 * Errors:
 *   PMEM2_E_GRANULARITY_NOT_SET   the config has no granularity
 *   PMEM2_E_OFFSET_UNALIGNED, PMEM2_E_LENGTH_UNALIGNED  not on the source's alignment; or the
 *                                 offset in the reservation is not a multiple of the page size
 *   PMEM2_E_SRC_DEVDAX_PRIVATE    Device DAX cannot be mapped privately
 *   PMEM2_E_SOURCE_EMPTY          the source's size is 0
 *   PMEM2_E_MAP_RANGE             offset + length overflows or is beyond the source's end
 *   PMEM2_E_ADDRESS_UNALIGNED     the place in the reservation is not on the source's alignment, or
 *                                 ends after the reservation (a program linked to
 *                                 PMDK's library gets PMEM2_E_LENGTH_OUT_OF_RANGE for the latter)
 *   PMEM2_E_MAPPING_EXISTS        another map has that place in the reservation; or one whose memory
 *                                 the program itself has unmapped has these addresses
 *   PMEM2_E_NO_ACCESS             the protection conflicts with how the file is open
 *   PMEM2_E_NOSUPP                the file system or CPU does not support that protection
 *   PMEM2_E_GRANULARITY_NOT_SUPPORTED  the store granularity there is coarser than required; the
 *                                 message says which step decided it, and pmem2_source_explain
 *                                 (libpmem2/explain.h) all reasons
 *   PMEM2_E_BACKEND               PMEM2_BACKEND names a backend that cannot be used
 *   -EACCES                       the file is append-only (a program linked to PMDK's library
 *                                 gets PMEM2_E_NO_ACCESS)
 *   -EINVAL                       the offset is the file's end, and the length 0
 *   -errno                        of mmap(2), mremap(2); a backend that watches mappings refused
 *                                 it; all those of pmem2_source_size, _alignment
 */
int pmem2_map_new(struct pmem2_map **map_ptr, const struct pmem2_config *cfg,
	const struct pmem2_source *src);

/*
 * Unmaps the memory and releases the map. Its place in a reservation stays reserved. The map's
 * functions stay valid. *map_ptr is kept after a failure.
 *
 * Errors: PMEM2_E_MAPPING_NOT_FOUND, the map is not registered; -errno of munmap(2), mmap(2), or of
 * msync(2) of deferred flushes (libpmem2/extra.h), which the next call gives up.
 */
int pmem2_map_delete(struct pmem2_map **map_ptr);

void *pmem2_map_get_address(struct pmem2_map *map);
size_t pmem2_map_get_size(struct pmem2_map *map); /* exact: 5000 for a file of 5000 bytes */
enum pmem2_granularity pmem2_map_get_store_granularity(struct pmem2_map *map);

#ifndef PMEM2_NO_EXTENSIONS

/*
 * The name of the backend's variant that serves the map, such as "clwb-avx512f" or "generic_msync".
 * Never NULL, and valid for the life of the process. Only in this library.
 */
const char *pmem2_map_get_backend_name(struct pmem2_map *map);

/*
 * Loads the backends now; else the first mapping does. It is for programs that go into a chroot, give
 * up rights, or forbid themselves to open files before they make the first mapping. After a success no
 * backend is looked for again. Any thread may call it, any number of times. Only in this library.
 *
 * Errors:
 *   PMEM2_E_BACKEND  PMEM2_BACKEND names a backend that cannot be used; or a backend calls it while it
 *                    is being loaded
 *   -errno           a backend could not be loaded because the process was short of something, such as
 *                    descriptors (EMFILE) or memory (ENOMEM): the next call tries again. A backend that
 *                    is missing is no error: the next best serves
 */
int pmem2_backends_load(void);

#endif

/* ---- making stores durable ---- */

/*
 * flush starts to make the stores in [ptr, ptr + size) durable. drain waits until what this
 * thread has flushed is durable. persist does both. The range need not be aligned: it is widened
 * to lines or pages. Any thread may call them, for any memory. At PAGE, what is not mapped is
 * skipped. A store can become durable before it is flushed.
 *
 * At PAGE, persist and flush do the same, and drain does nothing. If msync(2) fails, the process
 * is aborted with a message: going on would lose data silently. A handler can decide otherwise,
 * other functions return the error, and flushes can wait for the drain: libpmem2/extra.h.
 */
typedef void (*pmem2_persist_fn)(const void *ptr, size_t size);
typedef void (*pmem2_flush_fn)(const void *ptr, size_t size);
typedef void (*pmem2_drain_fn)(void);

/* The functions of a map: never NULL, the same for all maps of one backend, granularity and deferral. */
pmem2_persist_fn pmem2_get_persist_fn(struct pmem2_map *map);
pmem2_flush_fn pmem2_get_flush_fn(struct pmem2_map *map);
pmem2_drain_fn pmem2_get_drain_fn(struct pmem2_map *map);

#define PMEM2_F_MEM_NODRAIN     (1U << 0) /* flush, and do not drain: a later drain does */
#define PMEM2_F_MEM_NONTEMPORAL (1U << 1) /* hint: bypass the caches; wins over TEMPORAL */
#define PMEM2_F_MEM_TEMPORAL    (1U << 2) /* hint: through the caches */
#define PMEM2_F_MEM_WC          (1U << 3) /* hint: as NONTEMPORAL */
#define PMEM2_F_MEM_WB          (1U << 4) /* hint: as TEMPORAL */
#define PMEM2_F_MEM_NOFLUSH     (1U << 5) /* neither flush nor drain */
#define PMEM2_F_MEM_VALID_FLAGS \
	(PMEM2_F_MEM_NODRAIN | PMEM2_F_MEM_NONTEMPORAL | PMEM2_F_MEM_TEMPORAL | PMEM2_F_MEM_WC | \
		PMEM2_F_MEM_WB | PMEM2_F_MEM_NOFLUSH)

/*
 * memmove(3), memcpy(3) and memset(3) whose result is durable on return, unless a flag says
 * otherwise. They return the destination; ranges may overlap in all of them. When destination
 * and length are multiples of 8, every store is of at least 8 bytes: an aligned 8-byte
 * value is never torn. With no hint, copies of PMEM_MOVNT_THRESHOLD bytes (256) and more are
 * non-temporal.
 */
typedef void *(*pmem2_memmove_fn)(void *pmemdest, const void *src, size_t len, unsigned flags);
typedef void *(*pmem2_memcpy_fn)(void *pmemdest, const void *src, size_t len, unsigned flags);
typedef void *(*pmem2_memset_fn)(void *pmemdest, int c, size_t len, unsigned flags);

pmem2_memmove_fn pmem2_get_memmove_fn(struct pmem2_map *map);
pmem2_memcpy_fn pmem2_get_memcpy_fn(struct pmem2_map *map); /* the same function */
pmem2_memset_fn pmem2_get_memset_fn(struct pmem2_map *map);

/* ---- reliability, availability, serviceability ---- */

/*
 * Makes [ptr, ptr + size) of the map durable in the most reliable way that software can ask
 * for: msync(2) for files; for Device DAX the CPU's flush and the region's deep_flush
 * (write pending queues). 0 means that it was done: once msync(2) of a file has failed, each map
 * of it that exists then is in error (pmem2_map_error in libpmem2/extra.h).
 *
 * Errors:
 *   PMEM2_E_DEEP_FLUSH_RANGE      the range is not within the map
 *   PMEM2_E_NOSUPP                anonymous memory, or a private map (of which a program linked to
 *                                 PMDK's library gets 0)
 *   PMEM2_E_DAX_REGION_NOT_FOUND  the device is in no region
 *   -errno                        of msync(2), or of reading or writing the region's deep_flush
 */
int pmem2_deep_flush(struct pmem2_map *map, void *ptr, size_t size);

/*
 * The ids of the DIMMs that hold the source, one after another, as one string. id NULL: *len
 * becomes the size that is needed, the final 0 included. Else *len is the size of the buffer.
 * id is untouched after a failure.
 *
 * Errors:
 *   PMEM2_E_NOSUPP            not on an NVDIMM, or nothing tells (no sysfs); anonymous memory; or
 *                             libpmem2's ndctl module is not installed
 *   PMEM2_E_BUFFER_TOO_SMALL  *len is too little
 *   -EAGAIN                   the region's DIMMs were changed during the call
 *   -errno                    the id could not be read; the message names the file
 */
int pmem2_source_device_id(const struct pmem2_source *src, char *id, size_t *len);

/*
 * The unsafe shutdown count: how often the DIMMs lost power and could not save what was on
 * its way to them; the sum over the DIMMs that hold the source. *usc is untouched after a failure.
 *
 * Errors: PMEM2_E_NOSUPP as above, or a DIMM counts none; -errno as above.
 */
int pmem2_source_device_usc(const struct pmem2_source *src, uint64_t *usc);

/*
 * The NUMA node of the source's memory. *numa_node is untouched after a failure.
 *
 * Errors: PMEM2_E_NOSUPP anonymous memory, no sysfs, or no ndctl module; PMEM2_E_DAX_REGION_NOT_FOUND
 * not on an NVDIMM; -errno as above.
 */
int pmem2_source_numa_node(const struct pmem2_source *src, int *numa_node);

struct pmem2_badblock_context;

struct pmem2_badblock {
	size_t offset; /* in the source */
	size_t length;
};

/*
 * Takes a list of the source's bad blocks as they are now. The context may outlive the
 * source, but not the descriptor.
 *
 * Errors: PMEM2_E_NOSUPP anonymous memory, no ndctl module where one is needed, or storage
 * whose blocks cannot be told (device-mapper, several devices, no sysfs); PMEM2_E_CANNOT_READ_BOUNDS the
 * kernel's list has an unknown form; PMEM2_E_INVALID_FILE_HANDLE the descriptor was closed; -errno
 * as above.
 */
int pmem2_badblock_context_new(struct pmem2_badblock_context **bbctx,
	const struct pmem2_source *src);

/*
 * The next one.
 *
 * Errors: PMEM2_E_NO_BAD_BLOCK_FOUND, there is no further one; -EOVERFLOW, there are more than
 * the kernel lists at a time: clear these, and take a new list.
 */
int pmem2_badblock_next(struct pmem2_badblock_context *bbctx, struct pmem2_badblock *bb);

void pmem2_badblock_context_delete(struct pmem2_badblock_context **bbctx);

/*
 * Replaces the range by healthy zeros; what was in it is lost. May be called again after a failure.
 *
 * Errors:
 *   PMEM2_E_OFFSET_OUT_OF_RANGE, PMEM2_E_LENGTH_OUT_OF_RANGE  greater than INT64_MAX
 *   PMEM2_E_LENGTH_OUT_OF_RANGE  Device DAX: it ends after the device
 *   PMEM2_E_NOSUPP               Device DAX: no ndctl module, or the device cannot clear
 *   PMEM2_E_IO_FAIL, PMEM2_E_GRANULARITY_NOT_SUPPORTED  Device DAX: zeros could not be written
 *   -EINVAL  the length is 0
 *   -ENXIO   the device did not clear all of it
 *   -errno   of fallocate(2), or of the device's command; all those of
 *            pmem2_source_size, _alignment
 */
int pmem2_badblock_clear(struct pmem2_badblock_context *bbctx, const struct pmem2_badblock *bb);

/* ---- the version ---- */

#ifndef PMEM2_NO_EXTENSIONS

/*
 * The version of the library that the program runs with: "2.2.0". Constant, never NULL. Any thread
 * and any signal handler may call it. Only in this library.
 */
const char *pmem2_version(void);

#endif

/* ---- errors ---- */

/*
 * One sentence about this thread's latest failure: never NULL, and "" before the first. A success does
 * not change it. The text is valid until the thread's next failure, or its end.
 */
const char *pmem2_errormsg(void);

/* The nearest errno value, positive, of a code that this library returned; 0 of 0. */
int pmem2_err_to_errno(int code);

/* Prints the formatted text, ": ", pmem2_errormsg() and a newline on stderr. */
void pmem2_perror(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
