/* SPDX-License-Identifier: BSD-3-Clause */
/* test_module.c -- what may be loaded, and that it is what was looked at. */
#include "module.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry_list.h"
#include "unit.h"

static char top[PATH_MAX];           /* ours alone, and so is all above it */
static char directory[2 * PATH_MAX]; /* top/inner */
static char why[512];
static struct pmem2_module_why not ;

static const struct pmem2_module_kind kind = {
	.name = "flush backend",
	.symbol = "pmem2_backend_v1",
	.size = sizeof(struct pmem2_backend),
};

/* In place of libc's: whether the process has elevated rights is the test's to say. */
static bool is_secure;

unsigned long getauxval(unsigned long type)
{
	unsigned long (*real)(unsigned long);

	*(void **)&real = dlsym(RTLD_NEXT, "getauxval");
	return type == AT_SECURE && is_secure ? 1 : real(type);
}

/* The result is valid for three further calls. */
static const char *in_directory(const char *name)
{
	static char paths[4][3 * PATH_MAX];
	static unsigned calls;
	char *path = paths[calls++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	return path;
}

static void run(const char *format, const char *a, const char *b)
{
	char command[4 * PATH_MAX];

	snprintf(command, sizeof(command), format, a, b);
	ck_assert_int_eq(system(command), 0);
}

/* Whether a directory made in base is one that the library would trust. */
static bool make_in(const char *base)
{
	if (base == NULL ||
		snprintf(top, sizeof(top), "%s/pmem2-XXXXXX", base) >= (int)sizeof(top) ||
		mkdtemp(top) == NULL)
		return false;

	snprintf(directory, sizeof(directory), "%s/inner", top);
	ck_assert_int_eq(chmod(top, 0755), 0);
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	run("cp '" ODD_BACKENDS_DIR "/odd_good.so' '%s/a.so'%s", directory, "");
	ck_assert_int_eq(chmod(in_directory("a.so"), 0644), 0);

	int fd = pmem2_module_open_trusted(in_directory("a.so"), why, sizeof(why));
	if (fd >= 0) {
		close(fd);
		return true;
	}
	run("rm -r '%s'%s", top, "");
	return false;
}

static void set_up(void)
{
	char here[PATH_MAX];

	umask(022);
	if (!make_in(getcwd(here, sizeof(here))) && !make_in("/run") && !make_in(getenv("HOME")))
		ck_abort_msg("neither %s nor /run nor the home directory are this user's alone: %s",
			here, why);
}

static void tear_down(void)
{
	run("rm -r '%s'%s", top, "");
}

/* The file is refused, and why names the part and the reason. */
static void refused(const char *path, const char *part, const char *reason)
{
	why[0] = '\0';
	ck_assert_int_eq(pmem2_module_open_trusted(path, why, sizeof(why)), -1);
	ck_assert_msg(strncmp(why, part, strlen(part)) == 0, "'%s' does not begin with %s", why,
		part);
	ck_assert_msg(strstr(why, reason) != NULL, "'%s' does not say: %s", why, reason);
}

static void refused_with_mode(const char *part, mode_t mode)
{
	struct stat st;

	ck_assert_int_eq(stat(part, &st), 0);
	ck_assert_int_eq(chmod(part, st.st_mode | mode), 0);
	refused(in_directory("a.so"), part, "may write");
	ck_assert_int_eq(chmod(part, st.st_mode), 0);
}

START_TEST(what_others_may_write_is_refused)
{
	char file[3 * PATH_MAX];

	snprintf(file, sizeof(file), "%s", in_directory("a.so"));
	const char *const parts[] = {file, directory, top};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		refused_with_mode(parts[i], S_IWGRP);
		refused_with_mode(parts[i], S_IWOTH);
	}
	/* others may rename nothing in a sticky directory, but put new names there */
	refused_with_mode(top, S_IWOTH | S_ISVTX);
}
END_TEST

START_TEST(what_others_own_is_refused)
{
	char file[3 * PATH_MAX];

	if (geteuid() != 0) {
		puts("not root: nothing can be given to others");
		return;
	}
	snprintf(file, sizeof(file), "%s", in_directory("a.so"));
	const char *const parts[] = {file, directory, top};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		ck_assert_int_eq(chown(parts[i], 12345, 0), 0);
		refused(file, parts[i], "owner");

		/* the effective user's it may be, the real one's not */
		ck_assert_int_eq(setresuid(54321, 12345, 0), 0);
		int fd = pmem2_module_open_trusted(file, why, sizeof(why));
		ck_assert_msg(fd >= 0, "%s", why);
		close(fd);
		ck_assert_int_eq(setresuid(12345, 54321, 0), 0);
		refused(file, parts[i], "owner");
		ck_assert_int_eq(setresuid(0, 0, 0), 0);
		ck_assert_int_eq(chown(parts[i], 0, 0), 0);
	}
}
END_TEST

START_TEST(links_and_what_is_no_file_are_refused)
{
	char path[4 * PATH_MAX];

	ck_assert_int_eq(symlink("a.so", in_directory("link.so")), 0);
	refused(in_directory("link.so"), in_directory("link.so"), "symbolic link");
	ck_assert_int_eq(mkdir(in_directory("directory.so"), 0755), 0);
	refused(in_directory("directory.so"), in_directory("directory.so"), "no regular file");
	ck_assert_int_eq(mkfifo(in_directory("pipe.so"), 0644), 0);
	refused(in_directory("pipe.so"), in_directory("pipe.so"), "no regular file");
	refused(in_directory("missing.so"), in_directory("missing.so"), strerror(ENOENT));
	refused(in_directory("a.so/b.so"), in_directory("a.so"), "no directory");

	snprintf(path, sizeof(path), "%s/link", top);
	ck_assert_int_eq(symlink("inner", path), 0);
	strcat(path, "/a.so");
	refused(path, top, "symbolic link");
	ck_assert_ptr_nonnull(strstr(why, "/link is"));
}
END_TEST

START_TEST(long_parts_are_refused)
{
	char path[4 * PATH_MAX];

	/* cut to NAME_MAX bytes it would be there */
	int used = snprintf(path, sizeof(path), "%s/", directory);
	memset(path + used, 'a', NAME_MAX + 1);
	path[used + NAME_MAX] = '\0';
	close(open(path, O_CREAT | O_WRONLY, 0644));
	path[used + NAME_MAX] = 'a';
	path[used + NAME_MAX + 1] = '\0';
	refused(path, directory, strerror(ENAMETOOLONG));
}
END_TEST

static const char *name_in(void *module)
{
	const struct pmem2_backend *backend = dlsym(module, "pmem2_backend_v1");

	ck_assert_ptr_nonnull(backend);
	return backend->name;
}

START_TEST(what_was_opened_is_loaded)
{
	int fd = pmem2_module_open_trusted(in_directory("a.so"), why, sizeof(why));

	ck_assert_int_ge(fd, 0);
	run("cp '" ODD_BACKENDS_DIR "/odd_needs.so' '%s/b.so' && cd '%s' && mv b.so a.so",
		directory, directory);
	void *module = pmem2_module_load_open(fd);
	ck_assert_msg(module != NULL, "%s", dlerror());
	ck_assert_str_eq(name_in(module), "odd_good");
	close(fd);
}
END_TEST

START_TEST(a_descriptor_that_comes_again_is_another_file)
{
	run("cp '" ODD_BACKENDS_DIR "/odd_needs.so' '%s/b.so'%s", directory, "");
	int first = pmem2_module_open_trusted(in_directory("a.so"), why, sizeof(why));
	void *a = pmem2_module_load_open(first);
	close(first);
	int second = pmem2_module_open_trusted(in_directory("b.so"), why, sizeof(why));
	void *b = pmem2_module_load_open(second);
	close(second);

	ck_assert_int_eq(first, second);
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_str_eq(name_in(a), "odd_good");
	ck_assert_str_eq(name_in(b), "odd_needs");
}
END_TEST

/* ---- without elevated rights ---- */

static void not_loaded(const char *name, const char *reason)
{
	setenv("PMEM2_BACKEND_DIR", directory, 1);
	ck_assert_ptr_null(pmem2_module_symbol(name, &kind, &not ));
	ck_assert_msg(strstr(not .text, reason) != NULL, "'%s' does not say: %s", not .text,
		reason);
	ck_assert_int_eq(not .passing, 0);
}

START_TEST(what_cannot_be_loaded_is_named)
{
	char longest[PATH_MAX + 1];

	ck_assert_int_eq(mkdir(in_directory("directory.so"), 0755), 0);
	not_loaded("directory", in_directory("directory.so is no regular file"));
	ck_assert_int_eq(mkfifo(in_directory("pipe.so"), 0644), 0);
	not_loaded("pipe", in_directory("pipe.so is no regular file"));
	not_loaded("missing", in_directory("missing.so: No such file"));
	ck_assert_int_eq(symlink("loop.so", in_directory("loop.so")), 0);
	not_loaded("loop", in_directory("loop.so: "));
	memset(longest, 'a', PATH_MAX);
	longest[PATH_MAX] = '\0';
	not_loaded(longest, "longer than");
}
END_TEST

START_TEST(a_link_may_lead_anywhere_without_elevated_rights)
{
	ck_assert_int_eq(symlink(ODD_BACKENDS_DIR "/odd_good.so", in_directory("link.so")), 0);
	setenv("PMEM2_BACKEND_DIR", directory, 1);
	ck_assert_msg(pmem2_module_symbol("link", &kind, &not ) != NULL, "%s", not .text);
}
END_TEST

START_TEST(what_nobody_names_is_not_loaded)
{
	static struct pmem2_registry registry;

	setenv("PMEM2_BACKEND_DIR", ODD_BACKENDS_DIR, 1);
	pmem2_registry_read(&registry, NULL);
	ck_assert_ptr_null(getenv("ODD_LOADED"));
	pmem2_registry_read(&registry, "generic_msync");
	ck_assert_ptr_null(getenv("ODD_LOADED"));
	pmem2_registry_read(&registry, "odd_needs");
	ck_assert_str_eq(getenv("ODD_LOADED"), "odd_needs");
	pmem2_registry_read(&registry, "odd_good");
	ck_assert_str_eq(getenv("ODD_LOADED"), "odd_good");
}
END_TEST

START_TEST(with_elevated_rights_the_same_and_more_is_judged)
{
	setenv("PMEM2_BACKEND_DIR", directory, 1);
	is_secure = true;
	ck_assert_msg(pmem2_module_symbol("a", &kind, &not ) != NULL, "%s", not .text);
	not_loaded("missing", in_directory("missing.so: No such file"));
	run("head -c 5000 '%s/a.so' >'%s/short.so'", directory, directory);
	not_loaded("short", in_directory("short.so: it is cut short"));
	ck_assert_int_eq(chmod(in_directory("a.so"), 0664), 0);
	not_loaded("a", in_directory("a.so is not to be trusted: its group"));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {what_others_may_write_is_refused, what_others_own_is_refused,
		links_and_what_is_no_file_are_refused, long_parts_are_refused,
		what_was_opened_is_loaded, a_descriptor_that_comes_again_is_another_file,
		what_cannot_be_loaded_is_named, a_link_may_lead_anywhere_without_elevated_rights,
		what_nobody_names_is_not_loaded, with_elevated_rights_the_same_and_more_is_judged,
		NULL};

	return unit_run_with("module", tests, set_up, tear_down);
}
