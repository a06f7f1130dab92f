/* SPDX-License-Identifier: BSD-3-Clause */
/* test_request.c -- why mmap(2) fails, told so that something can be done about it. */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "unit.h"

static int memory_file(size_t size)
{
	int fd = memfd_create("request", MFD_ALLOW_SEALING);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
	return fd;
}

static int map_file(int fd, unsigned protection)
{
	struct pmem2_source *src;
	struct pmem2_config *cfg;
	struct pmem2_map *map;

	works(pmem2_source_from_fd(&src, fd));
	works(pmem2_config_new(&cfg));
	works(pmem2_config_set_required_store_granularity(cfg, PMEM2_GRANULARITY_PAGE));
	works(pmem2_config_set_protection(cfg, protection));
	int ret = pmem2_map_new(&map, cfg, src);
	if (ret == 0)
		works(pmem2_map_delete(&map));
	pmem2_config_delete(&cfg);
	pmem2_source_delete(&src);
	return ret;
}

START_TEST(each_errno_says_what_to_do)
{
	static const struct {
		int error;
		const char *words;
	} table[] = {
		{EACCES, "O_RDWR"},
		{EAGAIN, "ulimit -l"},
		{EBADF, "closed after the source was made"},
		{ENFILE, "fs.file-max"},
		{ENODEV, "--mode=devdax"},
		{ENOMEM, "vm.max_map_count"},
		{ENOTSUP, "protection"},
		{EPERM, "seccomp"},
		{EOVERFLOW, "mmap: Value too large"},
	};
	const struct pmem2_placement wanted = {.fd = -1, .length = 4096, .shared = true};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		pmem2_request_explain(&wanted, table[i].error);
		/* ENOMEM has several causes, and a sentence of the library's */
		ck_assert_msg((table[i].error == ENOMEM ||
				      strstr(pmem2_errormsg(), strerror(table[i].error)) != NULL) &&
				      strstr(pmem2_errormsg(), table[i].words) != NULL,
			"%s: \"%s\"", strerror(table[i].error), pmem2_errormsg());
	}
}
END_TEST

START_TEST(a_sealed_memfd_is_told)
{
	int fd = memory_file(4096);

	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	fails(map_file(fd, PMEM2_PROT_READ | PMEM2_PROT_WRITE), -EPERM, "sealed against writing");
	works(map_file(fd, PMEM2_PROT_READ));
	close(fd);
}
END_TEST

START_TEST(a_mount_without_exec_is_told)
{
	int fd = open("/proc/version", O_RDONLY); /* proc is mounted noexec as a rule */
	struct pmem2_placement wanted = {.fd = fd, .length = 4096, .protection = PROT_EXEC};

	ck_assert_int_ge(fd, 0);
	pmem2_request_explain(&wanted, EPERM);
	ck_assert(strstr(pmem2_errormsg(), "noexec") != NULL ||
		  strstr(pmem2_errormsg(), "seccomp") != NULL);
	close(fd);
}
END_TEST

START_TEST(locked_memory_without_room_is_told)
{
	const struct rlimit little = {1 << 16, 1 << 16};
	int fd = memory_file(8 << 20);

	works(map_file(fd, PMEM2_PROT_READ)); /* what is loaded is loaded now */
	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &little), 0);
	if (mlockall(MCL_FUTURE | MCL_ONFAULT) != 0)
		return; /* emulated */
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0); /* root has no limit */
	int ret = map_file(fd, PMEM2_PROT_READ);
	munlockall();
	if (!is_emulated())
		fails(ret, -EAGAIN, "RLIMIT_MEMLOCK");
	ck_assert_int_eq(seteuid(getuid()), 0);
	close(fd);
}
END_TEST

START_TEST(too_few_huge_pages_are_told)
{
	int fd = memfd_create("request", MFD_HUGETLB);

	if (fd < 0)
		return; /* a kernel without them */
	ck_assert_int_eq(ftruncate(fd, (off_t)1 << 45), 0);
	fails(map_file(fd, PMEM2_PROT_READ | PMEM2_PROT_WRITE), -ENOMEM, "vm.nr_hugepages");
	close(fd);
}
END_TEST

START_TEST(a_closed_descriptor_is_told)
{
	struct pmem2_source *src;
	int fd;

	fails(pmem2_source_from_fd(&src, -1), PMEM2_E_INVALID_FILE_HANDLE, "open(2)");
	fails(pmem2_source_from_fd(&src, 1000), PMEM2_E_INVALID_FILE_HANDLE, "Bad file");
	fd = open("/proc/self/exe", O_PATH);
	fails(map_file(fd, PMEM2_PROT_READ), -EBADF, "O_PATH");
	close(fd);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {each_errno_says_what_to_do, a_sealed_memfd_is_told,
		a_mount_without_exec_is_told, locked_memory_without_room_is_told,
		too_few_huge_pages_are_told, a_closed_descriptor_is_told, NULL};

	return unit_run("request", tests);
}
