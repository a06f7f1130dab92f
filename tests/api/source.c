/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * source.c -- sources: what is accepted, and what they tell.
 */
#include "api.h"

#include <sys/epoll.h>
#include <sys/socket.h>

static void refused(int fd, int code)
{
	int somewhere;
	struct pmem2_source *src = (struct pmem2_source *)&somewhere;
	fails(pmem2_source_from_fd(&src, fd), code);
	ck_assert_ptr_null(src);
}

static void accepted(int fd)
{
	struct pmem2_source *src = api_source(fd);
	size_t size = 0;
	works(pmem2_source_size(src, &size));
	struct stat st;
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(size, (size_t)st.st_size);
	works(pmem2_source_delete(&src));
}

START_TEST(negative_or_closed_fd_is_invalid_file_handle)
{
	refused(-1, PMEM2_E_INVALID_FILE_HANDLE);
	refused(INT32_MIN, PMEM2_E_INVALID_FILE_HANDLE);
	int fd = api_file(PAGE);
	close(fd);
	refused(fd, PMEM2_E_INVALID_FILE_HANDLE);
	says("fcntl: Bad file descriptor");
}
END_TEST

START_TEST(write_only_fd_is_invalid_file_handle)
{
	refused(api_reopen(api_file(PAGE), O_WRONLY), PMEM2_E_INVALID_FILE_HANDLE);
	says("O_WRONLY", "O_RDWR");
}
END_TEST

START_TEST(write_only_is_checked_before_the_type)
{
	int fds[2];
	ck_assert_int_eq(pipe(fds), 0);
	refused(fds[1], PMEM2_E_INVALID_FILE_HANDLE);
	says("O_WRONLY", "O_RDWR");
	refused(open("/dev/null", O_WRONLY), PMEM2_E_INVALID_FILE_HANDLE);
}
END_TEST

START_TEST(directory_is_invalid_file_type)
{
	refused(open("/", O_RDONLY), PMEM2_E_INVALID_FILE_TYPE);
	says("directory", "regular file");
}
END_TEST

START_TEST(pipe_is_invalid_file_type)
{
	int fds[2];
	ck_assert_int_eq(pipe(fds), 0);
	refused(fds[0], PMEM2_E_INVALID_FILE_TYPE);
	says("pipe", "regular file");
}
END_TEST

START_TEST(socket_is_invalid_file_type)
{
	refused(socket(AF_UNIX, SOCK_STREAM, 0), PMEM2_E_INVALID_FILE_TYPE);
	says("socket", "regular file");
}
END_TEST

START_TEST(block_device_is_invalid_file_type)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/block-%d", api_disk(), getpid());
	if (mknod(path, S_IFBLK | 0600, 0))
		cannot("making a block device's node needs root");
	int fd = open(path, O_PATH);
	unlink(path);
	ck_assert_int_ge(fd, 0);
	refused(fd, PMEM2_E_INVALID_FILE_TYPE);
	says("block device", "regular file");
}
END_TEST

START_TEST(anonymous_inode_is_invalid_file_type)
{
	refused(epoll_create1(0), PMEM2_E_INVALID_FILE_TYPE);
}
END_TEST

START_TEST(character_device_that_is_not_dax_is_invalid_file_type)
{
	refused(open("/dev/null", O_RDWR), PMEM2_E_INVALID_FILE_TYPE);
	refused(open("/dev/zero", O_RDONLY), PMEM2_E_INVALID_FILE_TYPE);
}
END_TEST

START_TEST(memfd_is_fine)
{
	int fd = memfd_create("api", 0);
	ck_assert_int_eq(ftruncate(fd, 5000), 0);
	accepted(fd);
}
END_TEST

START_TEST(deleted_file_is_fine)
{
	accepted(api_file(PAGE));
}
END_TEST

START_TEST(o_tmpfile_is_fine)
{
	int fd = open(api_disk(), O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		cannot("the file system has no O_TMPFILE");
	accepted(fd);
}
END_TEST

START_TEST(append_and_read_only_are_fine)
{
	int fd = api_file(PAGE);
	accepted(api_reopen(fd, O_RDWR | O_APPEND));
	accepted(api_reopen(fd, O_RDONLY));
}
END_TEST

START_TEST(o_path_is_accepted_and_mapping_it_gives_ebadf)
{
	int fd = api_reopen(api_file(PAGE), O_PATH);
	struct pmem2_source *src = api_source(fd);
	struct pmem2_map *map;
	fails(pmem2_map_new(&map, api_config(), src), -EBADF);
}
END_TEST

START_TEST(fd_is_neither_duplicated_nor_closed)
{
	int fd = api_file(PAGE);
	int before = api_count_fds();
	struct pmem2_source *src = api_source(fd);
	ck_assert_int_eq(api_count_fds(), before);
	works(pmem2_source_delete(&src));
	ck_assert_int_eq(api_count_fds(), before);
	ck_assert_int_ge(fcntl(fd, F_GETFD), 0);
}
END_TEST

START_TEST(get_fd_answers_the_fd)
{
	int fd = api_file(PAGE), got = -1;
	works(pmem2_source_get_fd(api_source(fd), &got));
	ck_assert_int_eq(got, fd);
}
END_TEST

START_TEST(size_is_read_on_every_call)
{
	int fd = api_file(0);
	struct pmem2_source *src = api_source(fd);
	const size_t sizes[] = {0, 1, 5000, 3 * MiB, 17};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t size = 99;
		ck_assert_int_eq(ftruncate(fd, (off_t)sizes[i]), 0);
		works(pmem2_source_size(src, &size));
		ck_assert_uint_eq(size, sizes[i]);
	}
}
END_TEST

START_TEST(type_is_read_once)
{
	int fd = api_file(PAGE);
	struct pmem2_source *src = api_source(fd);
	int dir = open("/", O_RDONLY);
	ck_assert_int_eq(dup2(dir, fd), fd);
	struct stat st;
	size_t size = 0;
	ck_assert_int_eq(fstat(dir, &st), 0);
	works(pmem2_source_size(src, &size));
	ck_assert_uint_eq(size, (size_t)st.st_size);
}
END_TEST

START_TEST(closed_later_size_is_invalid_file_handle)
{
	int fd = api_file(PAGE);
	struct pmem2_source *src = api_source(fd);
	close(fd);
	size_t size = 99;
	fails(pmem2_source_size(src, &size), PMEM2_E_INVALID_FILE_HANDLE);
	says("fstat: Bad file descriptor");
	ck_assert_uint_eq(size, 99);
}
END_TEST

START_TEST(closed_later_alignment_and_get_fd_still_answer)
{
	int fd = api_file(PAGE), got = -1;
	struct pmem2_source *src = api_source(fd);
	close(fd);
	size_t alignment = 0;
	works(pmem2_source_alignment(src, &alignment));
	ck_assert_uint_eq(alignment, PAGE);
	works(pmem2_source_get_fd(src, &got));
	ck_assert_int_eq(got, fd);
}
END_TEST

START_TEST(alignment_of_files_and_anonymous_is_the_page_size)
{
	struct pmem2_source *of[] = {api_source(api_file(1)), api_source(api_file_in(api_shm(), 1)),
		api_anon(0), api_anon(SIZE_MAX)};
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		size_t alignment = 0;
		works(pmem2_source_alignment(of[i], &alignment));
		ck_assert_uint_eq(alignment, PAGE);
	}
}
END_TEST

static void map_part_of(int fd, size_t offset, size_t length, int code)
{
	struct pmem2_config *cfg = api_config();
	struct pmem2_map *map;

	works(pmem2_config_set_offset(cfg, offset));
	works(pmem2_config_set_length(cfg, length));
	fails(pmem2_map_new(&map, cfg, api_source(fd)), code);
}

START_TEST(alignment_of_huge_pages_is_their_size)
{
	int fd = memfd_create("api", MFD_HUGETLB);
	struct stat st;
	if (fd < 0)
		cannot("the kernel has no huge pages");
	ck_assert_int_eq(fstat(fd, &st), 0);
	size_t huge = (size_t)st.st_blksize, alignment = 0;
	ck_assert_uint_gt(huge, PAGE);
	ck_assert_int_eq(ftruncate(fd, (off_t)(2 * huge)), 0);
	works(pmem2_source_alignment(api_source(fd), &alignment));
	ck_assert_uint_eq(alignment, huge);
	map_part_of(fd, PAGE, 0, PMEM2_E_OFFSET_UNALIGNED);
	map_part_of(fd, 0, PAGE, PMEM2_E_LENGTH_UNALIGNED);
	map_part_of(fd, huge, huge + PAGE, PMEM2_E_LENGTH_UNALIGNED);

	/* with huge pages reserved, what is mapped goes away; without, nothing is mapped */
	struct pmem2_map *map;
	int ret = pmem2_map_new(&map, api_config(), api_source(fd));
	if (ret == -ENOMEM || (ret == -EINVAL && is_emulated()))
		cannot("no huge pages are reserved, or the emulator has none");
	ck_assert_ptr_nonnull(map);
	char *addr = pmem2_map_get_address(map);
	works(pmem2_map_delete(&map));
	ck_assert(api_is_free(addr, 2 * huge));
}
END_TEST

START_TEST(anonymous_takes_any_size)
{
	const size_t sizes[] = {0, 1, 4095, 4096, SIZE_MAX - 1, SIZE_MAX};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t size = 99;
		struct pmem2_source *src = api_anon(sizes[i]);
		works(pmem2_source_size(src, &size));
		ck_assert_uint_eq(size, sizes[i]);
		works(pmem2_source_delete(&src));
	}
}
END_TEST

START_TEST(anonymous_has_no_fd)
{
	int fd = 99;
	fails(pmem2_source_get_fd(api_anon(PAGE), &fd), PMEM2_E_FILE_DESCRIPTOR_NOT_SET);
	says("anonymous", "descriptor");
	ck_assert_int_eq(fd, 99);
}
END_TEST

START_TEST(anonymous_questions_are_nosupp_before_any_argument)
{
	struct pmem2_source *src = api_anon(PAGE);
	fails(pmem2_source_device_id(src, NULL, NULL), PMEM2_E_NOSUPP);
	fails(pmem2_source_device_usc(src, NULL), PMEM2_E_NOSUPP);
	fails(pmem2_source_numa_node(src, NULL), PMEM2_E_NOSUPP);
	fails(pmem2_badblock_context_new(NULL, src), PMEM2_E_NOSUPP);
}
END_TEST

START_TEST(ordinary_file_has_no_device_id)
{
	struct pmem2_source *src = api_source(api_file(PAGE));
	char id[8] = "before";
	size_t len = sizeof(id);
	fails(pmem2_source_device_id(src, id, &len), PMEM2_E_NOSUPP);
	ck_assert_str_eq(id, "before");
	ck_assert_uint_eq(len, sizeof(id));
	fails(pmem2_source_device_id(src, NULL, &len), PMEM2_E_NOSUPP);
	ck_assert_uint_eq(len, sizeof(id));
}
END_TEST

START_TEST(ordinary_file_has_no_shutdown_count)
{
	uint64_t usc;
	fails(pmem2_source_device_usc(api_source(api_file(PAGE)), &usc), PMEM2_E_NOSUPP);
}
END_TEST

START_TEST(shutdown_count_is_untouched_after_a_failure)
{
	uint64_t usc = 99;
	fails(pmem2_source_device_usc(api_source(api_file(PAGE)), &usc), PMEM2_E_NOSUPP);
	ck_assert_uint_eq(usc, 99);
}
END_TEST

START_TEST(ordinary_file_has_no_numa_node)
{
	int node = 99;
	fails(pmem2_source_numa_node(api_source(api_file(PAGE)), &node),
		PMEM2_E_DAX_REGION_NOT_FOUND);
	ck_assert_int_eq(node, 99);
}
END_TEST

START_TEST(delete_leaves_null_and_takes_null)
{
	struct pmem2_source *src = api_anon(PAGE);
	for (int i = 0; i < 2; i++) {
		works(pmem2_source_delete(&src));
		ck_assert_ptr_null(src);
	}
}
END_TEST

API_MAIN("source", negative_or_closed_fd_is_invalid_file_handle,
	write_only_fd_is_invalid_file_handle, write_only_is_checked_before_the_type,
	directory_is_invalid_file_type, pipe_is_invalid_file_type, socket_is_invalid_file_type,
	block_device_is_invalid_file_type, anonymous_inode_is_invalid_file_type,
	character_device_that_is_not_dax_is_invalid_file_type, memfd_is_fine, deleted_file_is_fine,
	o_tmpfile_is_fine, append_and_read_only_are_fine,
	o_path_is_accepted_and_mapping_it_gives_ebadf, fd_is_neither_duplicated_nor_closed,
	get_fd_answers_the_fd, size_is_read_on_every_call, type_is_read_once,
	closed_later_size_is_invalid_file_handle, closed_later_alignment_and_get_fd_still_answer,
	alignment_of_files_and_anonymous_is_the_page_size, alignment_of_huge_pages_is_their_size,
	anonymous_takes_any_size, anonymous_has_no_fd,
	anonymous_questions_are_nosupp_before_any_argument, ordinary_file_has_no_device_id,
	ordinary_file_has_no_shutdown_count, shutdown_count_is_untouched_after_a_failure,
	ordinary_file_has_no_numa_node, delete_leaves_null_and_takes_null)
