/* SPDX-License-Identifier: BSD-3-Clause */
/* test_holes.c -- a descriptor of the file, which the program must not notice; and what it tells of holes. */
#include "holes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit.h"

enum { SIZE = 64 * PF_PAGE };

static int fd;
static char directory[] = "/tmp/pmem2-holes.XXXXXX";
static struct pf_medium medium;

static void setup(void)
{
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	memset(&medium, 0, sizeof(medium));
	snprintf(medium.path, sizeof(medium.path), "%s/file", directory);
	fd = open(medium.path, O_RDWR | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	medium.identity = (struct pf_identity){st.st_dev, st.st_ino, 0};
	medium.fd = -1;
}

static void teardown(void)
{
	pmem2_pf_holes_close(&medium);
	unlink(medium.path);
	rmdir(directory);
}

/* What a child process gets, which has none of this one's record locks. */
static bool another_can_lock(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
		int own = open(medium.path, O_RDWR);

		_exit(own >= 0 && fcntl(own, F_SETLK, &lock) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

START_TEST(the_descriptor_is_one_of_its_own)
{
	pmem2_pf_holes_open(&medium, fd);
	ck_assert_int_ge(medium.fd, 0);
	ck_assert_int_ne(medium.fd, fd);
	ck_assert_int_eq(fcntl(medium.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(medium.fd, F_GETFL) & O_ACCMODE, O_RDONLY);

	int before = medium.fd;
	pmem2_pf_holes_open(&medium, fd);
	ck_assert_int_eq(medium.fd, before);
	pmem2_pf_holes_close(&medium);
	ck_assert_int_eq(medium.fd, -1);
	ck_assert_int_eq(fcntl(before, F_GETFD), -1);
}
END_TEST

/* flock(2) is of the open file description: with the program's last descriptor its lock goes. */
START_TEST(it_keeps_no_flock)
{
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	pmem2_pf_holes_open(&medium, fd);
	close(fd);

	int other = open(medium.path, O_RDWR);
	ck_assert_int_eq(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
}
END_TEST

/* fcntl(2) locks are of the process: to close any descriptor of the file lets go of them. */
START_TEST(it_stays_open_while_the_program_has_a_record_lock)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 1};

	pmem2_pf_holes_open(&medium, fd);
	ck_assert_int_eq(fcntl(fd, F_SETLK, &lock), 0);
	pmem2_pf_holes_close(&medium);
	ck_assert_int_ge(medium.fd, 0);
	ck_assert(!another_can_lock());

	lock.l_type = F_RDLCK;
	ck_assert_int_eq(fcntl(fd, F_SETLK, &lock), 0);
	pmem2_pf_holes_close(&medium);
	ck_assert_int_ge(medium.fd, 0);
	ck_assert(!another_can_lock());

	lock.l_type = F_UNLCK;
	ck_assert_int_eq(fcntl(fd, F_SETLK, &lock), 0);
	pmem2_pf_holes_close(&medium);
	ck_assert_int_eq(medium.fd, -1);
	ck_assert(another_can_lock());
}
END_TEST

/* A number that is somebody else's by now is not to be closed. */
START_TEST(what_the_program_has_closed_is_not_closed_again)
{
	pmem2_pf_holes_open(&medium, fd);
	int other = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(dup2(other, medium.fd), 0);
	int number = medium.fd;
	pmem2_pf_holes_close(&medium);
	ck_assert_int_ge(fcntl(number, F_GETFD), 0);
}
END_TEST

START_TEST(the_file_is_found_again_by_its_name)
{
	size_t size;

	pmem2_pf_holes_open(&medium, fd);
	close(medium.fd);
	ck_assert_int_ne(pmem2_pf_holes_kind(&medium, &size), PF_HOLES_UNKNOWN);
	ck_assert_uint_eq(size, SIZE);
	ck_assert_int_ge(medium.fd, 0);
}
END_TEST

START_TEST(another_file_of_that_name_is_another)
{
	char moved[sizeof(medium.path) + 8];
	size_t size;

	snprintf(moved, sizeof(moved), "%s.moved", medium.path);
	ck_assert_int_eq(rename(medium.path, moved), 0);
	close(open(medium.path, O_RDWR | O_CREAT, 0600));
	ck_assert_int_eq(pmem2_pf_holes_kind(&medium, &size), PF_HOLES_UNKNOWN);
	ck_assert_uint_eq(size, 0);
	ck_assert_int_eq(medium.fd, -1);
	unlink(moved);
}
END_TEST

START_TEST(data_and_holes)
{
	char page[PF_PAGE];
	size_t size;

	memset(page, 1, sizeof(page));
	ck_assert_int_eq(pwrite(fd, page, sizeof(page), 40 * PF_PAGE), PF_PAGE);
	pmem2_pf_holes_open(&medium, fd);
	pmem2_pf_holes_kind(&medium, &size);
	if (lseek(fd, 0, SEEK_DATA) != 40 * PF_PAGE)
		return; /* this file system tells none */

	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, 0, SIZE), 40 * PF_PAGE);
	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, 40 * PF_PAGE, SIZE), 40 * PF_PAGE);
	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, 41 * PF_PAGE, SIZE), SIZE);
	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, 0, 40 * PF_PAGE), 40 * PF_PAGE);
	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, 0, 8 * PF_PAGE), 8 * PF_PAGE);
	ck_assert_uint_eq(pmem2_pf_holes_data(&medium, SIZE, SIZE), SIZE);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_descriptor_is_one_of_its_own,
		it_keeps_no_flock,
		it_stays_open_while_the_program_has_a_record_lock,
		what_the_program_has_closed_is_not_closed_again,
		the_file_is_found_again_by_its_name,
		another_file_of_that_name_is_another,
		data_and_holes,
		NULL,
	};

	return unit_run_with("holes", tests, setup, teardown);
}
