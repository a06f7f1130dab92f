/* SPDX-License-Identifier: BSD-3-Clause */
/* test_explain.c -- why a mapping has its granularity: a sysfs, mounts and a kernel of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <libpmem2/explain.h>

#include "fake_sysfs.h"
#include "file_system.h"
#include "map.h"
#include "registry.h"
#include "unit.h"

/* ---- what the kernel says ---- */

static int sync_errno = EOPNOTSUPP; /* of MAP_SYNC; 0: granted */
static int mmap_errno;              /* of each mapping of a file; 0: none */
static unsigned long magic = EXT4_SUPER_MAGIC;
static int dax = -1; /* of the file; -1: the kernel does not tell */

void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap");
void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset) __asm__(
	"mmap64");

void *plain_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	int error = fd < 0                                       ? 0
	            : (flags & MAP_SYNC) != 0 && sync_errno != 0 ? sync_errno
	                                                         : mmap_errno;

	if (error != 0) {
		errno = error;
		return MAP_FAILED;
	}
	if (fd >= 0 && (flags & MAP_SYNC) != 0)
		flags = (flags & ~(MAP_SYNC | MAP_SHARED_VALIDATE)) | MAP_SHARED;
	return (void *)syscall(SYS_mmap, addr, size, prot, flags, fd, offset);
}

void *large_mmap(void *addr, size_t size, int prot, int flags, int fd, off_t offset)
{
	return plain_mmap(addr, size, prot, flags, fd, offset);
}

int plain_fstatfs(int fd, struct statfs *fs) __asm__("fstatfs");
int large_fstatfs(int fd, struct statfs *fs) __asm__("fstatfs64");

int plain_fstatfs(int fd, struct statfs *fs)
{
	(void)fd;
	memset(fs, 0, sizeof(*fs));
	fs->f_type = (__typeof__(fs->f_type))magic;
	fs->f_bsize = 2 << 20;
	return 0;
}

int large_fstatfs(int fd, struct statfs *fs)
{
	return plain_fstatfs(fd, fs);
}

int statx(int fd, const char *restrict path, int flags, unsigned mask, struct statx *restrict file)
{
	(void)fd, (void)path, (void)flags, (void)mask;
	memset(file, 0, sizeof(*file));
	if (dax >= 0)
		file->stx_attributes_mask = 0x00200000;
	if (dax > 0)
		file->stx_attributes = 0x00200000;
	return 0;
}

/* ---- what is asked ---- */

static struct pmem2_source file = {.type = PMEM2_SOURCE_FILE};
static char mounts[4096];

static void set_up(void)
{
	fake_set_up();
	file.fd = memfd_create("explain", 0);
	ck_assert_int_eq(ftruncate(file.fd, 1 << 16), 0);
	file.device = FAKE_DISK;
	fake_make(FAKE_REGION "/pfn1.0/block/pmem1/queue");
	fake_put(FAKE_REGION "/pfn1.0/block/pmem1/queue/dax", "1\n");
	fake_put("mounts", "1 0 8:0 / / rw - ext4 /dev/sda rw\n"
			   "2 1 259:0 / /mnt rw,relatime shared:1 - ext4 /dev/pmem1 rw,dax=inode\n"
			   "3 1 259:1 / /p rw - xfs /dev/pmem1p2 rw,dax=never\n"
			   "4 1 0:77 / /o rw - overlay none rw\nodd\n");
	snprintf(mounts, sizeof(mounts), "%s/mounts", fake_root);
	pmem2_file_system_mounts = mounts;
}

static struct pmem2_explanation *explain(const struct pmem2_source *src)
{
	struct pmem2_explanation *e;

	works(pmem2_source_explain(src, NULL, &e));
	return e;
}

static const struct pmem2_reason *find(const struct pmem2_explanation *e,
	enum pmem2_reason_code code)
{
	const struct pmem2_reason *reason = NULL;

	while ((reason = pmem2_explanation_next(e, reason)) != NULL) {
		ck_assert_int_ne(reason->name[0], '\0');
		ck_assert_int_ne(reason->sentence[0], '\0');
		if (reason->code == code)
			return reason;
	}
	return NULL;
}

/* Of these reasons, each is there when its turn is, and no other. */
static const enum pmem2_reason_code exclusive[] = {PMEM2_REASON_OVERLAY,
	PMEM2_REASON_NO_BLOCK_DEVICE, PMEM2_REASON_IN_MEMORY, PMEM2_REASON_NO_SYSFS,
	PMEM2_REASON_DEVICE_WITHOUT_DAX, PMEM2_REASON_MOUNT_WITHOUT_DAX,
	PMEM2_REASON_FILE_WITHOUT_DAX, PMEM2_REASON_DEVICE_WITHOUT_SYNC,
	PMEM2_REASON_FSYNC_DOES_NOTHING, PMEM2_REASON_NO_MMAP, PMEM2_REASON_NO_HUGE_PAGES};

static void says_only(const struct pmem2_source *src, enum pmem2_reason_code code,
	const char *words)
{
	struct pmem2_explanation *e = explain(src);

	for (size_t i = 0; i < sizeof(exclusive) / sizeof(exclusive[0]); i++)
		ck_assert_msg((find(e, exclusive[i]) != NULL) == (exclusive[i] == code),
			"code %d, wanted %d", (int)exclusive[i], (int)code);
	const struct pmem2_reason *reason = find(e, code);
	ck_assert_msg(strstr(reason->sentence, words) != NULL, "\"%s\"", reason->sentence);
	works(pmem2_explanation_delete(&e));
	ck_assert_ptr_null(e);
}

START_TEST(what_keeps_a_file_from_dax_is_told_apart)
{
	struct pmem2_source src = file;

	dax = 0;
	says_only(&src, PMEM2_REASON_FILE_WITHOUT_DAX, "chattr +x");
	dax = 1;
	says_only(&src, PMEM2_REASON_DEVICE_WITHOUT_SYNC, "virtio-pmem");
	dax = -1;
	src.device = FAKE_PARTITION;
	says_only(&src, PMEM2_REASON_MOUNT_WITHOUT_DAX, "dax=never");
	src.device = FAKE_ORDINARY;
	says_only(&src, PMEM2_REASON_DEVICE_WITHOUT_DAX, "8:0");
	src.device = makedev(0, 77);
	magic = OVERLAYFS_SUPER_MAGIC;
	says_only(&src, PMEM2_REASON_OVERLAY, "volume");
	magic = TMPFS_MAGIC;
	says_only(&src, PMEM2_REASON_IN_MEMORY, "power cut");
	magic = NFS_SUPER_MAGIC;
	says_only(&src, PMEM2_REASON_NO_BLOCK_DEVICE, "network");
}
END_TEST

START_TEST(a_container_without_sys_is_told)
{
	pmem2_sysfs_root = "/nonexistent";
	says_only(&file, PMEM2_REASON_NO_SYSFS, "container");
}
END_TEST

START_TEST(an_idle_msync_is_told_and_no_page_promised)
{
	enum pmem2_granularity granularity = PMEM2_GRANULARITY_BYTE;
	struct pmem2_explanation *e;

	sync_errno = 0;
	magic = 0x87b282ff; /* famfs */
	setenv("PMEM2_FORCE_GRANULARITY", "PAGE", 1);
	says_only(&file, PMEM2_REASON_FSYNC_DOES_NOTHING, "famfs");
	e = explain(&file);
	fails(pmem2_explanation_granularity(e, &granularity), PMEM2_E_GRANULARITY_NOT_SUPPORTED,
		"msync(2) writes nothing");
	ck_assert_int_eq(granularity, PMEM2_GRANULARITY_BYTE);
	ck_assert_int_eq(find(e, PMEM2_REASON_FSYNC_DOES_NOTHING)->decided, 1);
	pmem2_explanation_delete(&e);

	unsetenv("PMEM2_FORCE_GRANULARITY");
	says_only(&file, PMEM2_REASON_FSYNC_DOES_NOTHING, "famfs");
}
END_TEST

static void refuses(const struct pmem2_source *src, const struct pmem2_config *cfg, int code,
	enum pmem2_reason_code reason, int error)
{
	enum pmem2_granularity granularity;
	struct pmem2_explanation *e;
	char before[256];

	fails(pmem2_source_from_fd(&(struct pmem2_source *){NULL}, -1), PMEM2_E_INVALID_FILE_HANDLE,
		"fd -1");
	snprintf(before, sizeof(before), "%s", pmem2_errormsg());
	works(pmem2_source_explain(src, cfg, &e));
	ck_assert_str_eq(pmem2_errormsg(), before);
	ck_assert_ptr_nonnull(find(e, reason));
	ck_assert_int_eq(find(e, reason)->error, error);
	ck_assert_int_eq(pmem2_explanation_granularity(e, &granularity), code);
	ck_assert_int_ne(pmem2_errormsg()[0], '\0');
	ck_assert_str_ne(pmem2_errormsg(), before);
	pmem2_explanation_delete(&e);
}

START_TEST(a_mapping_that_fails_says_why)
{
	struct pmem2_source huge = file;
	struct pmem2_source empty = file;

	mmap_errno = ENODEV;
	refuses(&file, NULL, -ENODEV, PMEM2_REASON_NO_MMAP, ENODEV);
	mmap_errno = EPERM;
	refuses(&file, NULL, -EPERM, PMEM2_REASON_MMAP_REFUSED, EPERM);
	mmap_errno = ENOMEM;
	refuses(&file, NULL, -ENOMEM, PMEM2_REASON_MMAP_REFUSED, ENOMEM);
	magic = HUGETLBFS_MAGIC;
	huge.unit = 1 << 16;
	refuses(&huge, NULL, -ENOMEM, PMEM2_REASON_NO_HUGE_PAGES, ENOMEM);
	mmap_errno = 0;
	empty.fd = memfd_create("empty", 0);
	refuses(&empty, NULL, PMEM2_E_SOURCE_EMPTY, PMEM2_REASON_REQUEST_REFUSED,
		PMEM2_E_SOURCE_EMPTY);
}
END_TEST

START_TEST(a_place_that_does_not_fit_is_told)
{
	struct pmem2_vm_reservation *rsv;
	struct pmem2_config *cfg;
	struct pmem2_explanation *e;

	works(pmem2_vm_reservation_new(&rsv, NULL, 1 << 16));
	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_vm_reservation(cfg, rsv, 1));
	refuses(&file, cfg, PMEM2_E_OFFSET_UNALIGNED, PMEM2_REASON_PLACE_REFUSED,
		PMEM2_E_OFFSET_UNALIGNED);
	works(pmem2_config_set_vm_reservation(cfg, rsv, 1 << 15));
	refuses(&file, cfg, PMEM2_E_ADDRESS_UNALIGNED, PMEM2_REASON_PLACE_REFUSED,
		PMEM2_E_ADDRESS_UNALIGNED);
	works(pmem2_config_set_vm_reservation(cfg, rsv, 0));
	for (int i = 0; i < 2; i++) { /* the place is not kept */
		works(pmem2_source_explain(&file, cfg, &e));
		works(pmem2_explanation_delete(&e));
	}
	works(pmem2_config_delete(&cfg));
	works(pmem2_vm_reservation_delete(&rsv));
}
END_TEST

START_TEST(a_refused_granularity_carries_the_reasons)
{
	struct pmem2_config *cfg;
	struct pmem2_explanation *e;

	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_CACHE_LINE));
	refuses(&file, cfg, PMEM2_E_GRANULARITY_NOT_SUPPORTED, PMEM2_REASON_COARSER,
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	works(pmem2_source_explain(&file, cfg, &e));
	ck_assert_str_eq(find(e, PMEM2_REASON_COARSER)->subject, "CACHE_LINE");
	ck_assert_str_eq(find(e, PMEM2_REASON_SYNC_REFUSED)->name, "SYNC_REFUSED");
	ck_assert_int_eq(find(e, PMEM2_REASON_SYNC_REFUSED)->error, EOPNOTSUPP);
	ck_assert_int_eq(find(e, PMEM2_REASON_SYNC_REFUSED)->decided, 1);
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_FOR_CACHE_LINE));
	ck_assert_ptr_nonnull(strstr(find(e, PMEM2_REASON_REGION)->subject, "region1"));
	pmem2_explanation_delete(&e);
	pmem2_config_delete(&cfg);
}
END_TEST

START_TEST(regions_and_domains_are_told)
{
	struct pmem2_explanation *e;

	sync_errno = 0;
	fake_put(FAKE_REGION "/persistence_domain", "memory_controller\n");
	e = explain(&file);
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_SYNC_GRANTED));
	ck_assert_str_eq(find(e, PMEM2_REASON_MEMORY_CONTROLLER)->subject, "memory_controller");
	pmem2_explanation_delete(&e);

	fake_put(FAKE_REGION "/persistence_domain", "cpu_cache\n");
	e = explain(&file);
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_CPU_CACHE));
	ck_assert_ptr_null(find(e, PMEM2_REASON_FOR_BYTE));
	pmem2_explanation_delete(&e);

	fake_put(FAKE_REGION "/persistence_domain", "\n");
	e = explain(&file);
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_DOMAIN_NOT_TOLD));
	pmem2_explanation_delete(&e);
}
END_TEST

START_TEST(a_device_on_no_nvdimm_is_told)
{
	struct pmem2_source dev = file;

	dev.type = PMEM2_SOURCE_DEVDAX;
	dev.device = FAKE_HMEM;
	fake_put("devices/platform/hmem.0/dax0.0/align", "4096\n");
	fake_put("devices/platform/hmem.0/dax0.0/size", "65536\n");
	sync_errno = 0;
	refuses(&dev, NULL, PMEM2_E_GRANULARITY_NOT_SUPPORTED, PMEM2_REASON_NOT_DURABLE,
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
	setenv("PMEM2_FORCE_GRANULARITY", "PAGE", 1);
	refuses(&dev, NULL, PMEM2_E_GRANULARITY_NOT_SUPPORTED, PMEM2_REASON_NO_MSYNC,
		PMEM2_E_GRANULARITY_NOT_SUPPORTED);
}
END_TEST

START_TEST(variables_are_told)
{
	struct pmem2_explanation *e;

	setenv("PMEM2_FORCE_GRANULARITY", "page", 1);
	e = explain(&file);
	ck_assert_str_eq(find(e, PMEM2_REASON_FORCED)->subject, "PAGE");
	ck_assert_int_eq(find(e, PMEM2_REASON_FORCED)->decided, 1);
	pmem2_explanation_delete(&e);

	setenv("PMEM2_FORCE_GRANULARITY", "bytes", 1);
	e = explain(&file);
	ck_assert_str_eq(find(e, PMEM2_REASON_FORCED_IGNORED)->subject, "bytes");
	ck_assert_int_eq(find(e, PMEM2_REASON_SYNC_REFUSED)->decided, 1);
	pmem2_explanation_delete(&e);
}
END_TEST

/* nothing but what is built in: all others are missing, of which each names its package */
START_TEST(a_missing_package_is_told)
{
	struct pmem2_explanation *e;
	const struct pmem2_reason *reason;

	setenv("PMEM2_BACKEND_DIR", fake_root, 1);
	sync_errno = 0;
	e = explain(&file);
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_NO_BACKEND));
	ck_assert_int_eq(find(e, PMEM2_REASON_NO_BACKEND)->decided, 1);
	ck_assert_str_eq(find(e, PMEM2_REASON_BACKEND_CHOSEN)->subject, "generic_msync");
	reason = find(e, PMEM2_REASON_BACKEND_MISSING);
	if (reason != NULL) /* a CPU for which none is built has none to miss */
		ck_assert_ptr_nonnull(strstr(reason->sentence, "libpmem2-backend-"));
	pmem2_explanation_delete(&e);
}
END_TEST

START_TEST(a_restriction_is_told)
{
	struct pmem2_explanation *e;

	setenv("PMEM2_BACKEND", "generic_msync", 1);
	sync_errno = 0;
	e = explain(&file);
	ck_assert_int_eq(find(e, PMEM2_REASON_NO_BACKEND)->decided, 1);
	pmem2_explanation_delete(&e);
}
END_TEST

START_TEST(a_backend_that_cannot_be_had_is_told)
{
	setenv("PMEM2_BACKEND", "nothere", 1);
	refuses(&file, NULL, PMEM2_E_BACKEND, PMEM2_REASON_BACKEND_VARIABLE, PMEM2_E_BACKEND);
}
END_TEST

START_TEST(a_passing_shortage_is_told)
{
	enum pmem2_granularity granularity;
	struct rlimit before, none;
	int lowest = dup(0);

	setenv("PMEM2_FORCE_GRANULARITY", "CACHE_LINE", 1);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = (rlim_t)lowest;
	close(lowest);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	struct pmem2_explanation *e = explain(&file);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);

	/* where all backends are built in, none has to be opened */
	const struct pmem2_reason *reason = find(e, PMEM2_REASON_BACKEND_NOT_NOW);
	if (reason != NULL) {
		ck_assert_int_eq(reason->error, EMFILE);
		ck_assert_int_eq(reason->decided, 1);
		ck_assert_ptr_null(find(e, PMEM2_REASON_NO_BACKEND));
		ck_assert_int_eq(pmem2_explanation_granularity(e, &granularity), -EMFILE);
	}
	pmem2_explanation_delete(&e);
	e = explain(&file);
	ck_assert_ptr_null(find(e, PMEM2_REASON_BACKEND_NOT_NOW));
	pmem2_explanation_delete(&e);
}
END_TEST

START_TEST(maps_are_explained_without_their_file)
{
	struct pmem2_explanation *e;
	struct pmem2_config *cfg;
	struct pmem2_source *anon;
	struct pmem2_map *map;
	enum pmem2_granularity granularity;

	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	works(pmem2_map_new(&map, cfg, &file));
	works(pmem2_map_explain(map, &e));
	works(pmem2_map_delete(&map));
	works(pmem2_explanation_granularity(e, &granularity));
	ck_assert_int_eq(granularity, PMEM2_GRANULARITY_PAGE);
	ck_assert_str_eq(find(e, PMEM2_REASON_FILE_SYSTEM)->subject, "ext4");
	ck_assert_ptr_nonnull(find(e, PMEM2_REASON_FILE_WITHOUT_DAX));
	works(pmem2_explanation_delete(&e));
	works(pmem2_explanation_delete(&e));

	works(pmem2_source_from_anon(&anon, 4096));
	works(pmem2_map_new(&map, cfg, anon));
	works(pmem2_map_explain(map, &e));
	ck_assert_int_eq(find(e, PMEM2_REASON_VOLATILE)->decided, 1);
	ck_assert_ptr_null(find(e, PMEM2_REASON_SYNC_GRANTED));
	works(pmem2_explanation_delete(&e));
	works(pmem2_map_delete(&map));

	works(pmem2_map_from_existing(&map, &file, &map, sizeof(map), PMEM2_GRANULARITY_PAGE));
	works(pmem2_map_explain(map, &e));
	ck_assert_int_eq(find(e, PMEM2_REASON_CALLER)->decided, 1);
	works(pmem2_explanation_delete(&e));
	works(pmem2_map_delete(&map));
	works(pmem2_config_delete(&cfg));
	works(pmem2_source_delete(&anon));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_keeps_a_file_from_dax_is_told_apart,
		a_container_without_sys_is_told, an_idle_msync_is_told_and_no_page_promised,
		a_mapping_that_fails_says_why, a_place_that_does_not_fit_is_told,
		a_refused_granularity_carries_the_reasons, regions_and_domains_are_told,
		a_device_on_no_nvdimm_is_told, variables_are_told, a_missing_package_is_told,
		a_restriction_is_told, a_backend_that_cannot_be_had_is_told,
		a_passing_shortage_is_told, maps_are_explained_without_their_file, NULL};

	return unit_run_with("explain", tests, set_up, fake_tear_down);
}
