/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kinds.h -- for programs that store in each way that there is, each into a slot of its own of a file.
 *
 * usage: PROGRAM FILE, or PROGRAM --list, which prints the names of the slots.
 */
#ifndef KINDS_H
#define KINDS_H

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SLOT = 8192, SLOTS = 256 }; /* bytes; how many there may be */

static char *map; /* NULL: only names are wanted */
static const char *path;
static int slots;
static sigjmp_buf unknown;
static char source[4096] __attribute__((aligned(64)));

/* The next slot. */
static char *begin(const char *name)
{
	if (map == NULL)
		printf("%d %s\n", slots, name);
	return map != NULL ? map + (size_t)slots++ * SLOT : (slots++, NULL);
}

/* Runs what follows the name with p at a slot; says so if the CPU does not know it. */
#define CASE(name, ...) \
	do { \
		char *p = begin(name); \
		if (p != NULL && sigsetjmp(unknown, 1) == 0) { \
			__VA_ARGS__; \
		} else if (p != NULL) { \
			printf("illegal: %s\n", name); \
		} \
	} while (0)

static void is_unknown(int signal)
{
	(void)signal;
	siglongjmp(unknown, 1);
}

static void need(const char *what, long result, long wanted)
{
	if (result != wanted)
		printf("fails: %s: %m\n", what);
}

/* ---- system calls that store ---- */

static void read_into(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	CASE("read", need("read", read(fd, p, 300), 300));
	CASE("pread", need("pread", pread(fd, p, 300, 50), 300));
	CASE("read across slots' pages", need("read", pread(fd, p + 4000, 200, 9), 200));
	CASE("readv", struct iovec io[2] = {{p, 10}, {p + 64, 20}};
		need("readv", readv(fd, io, 2), 30));
	CASE("preadv", struct iovec io[2] = {{p, 10}, {p + 64, 20}};
		need("preadv", preadv(fd, io, 2, 9), 30));
	CASE("pread, by syscall(2)", need("pread", syscall(SYS_pread64, fd, p, 200, 0), 200));
	close(fd);
}

static void receive(void)
{
	int s[2];

	need("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	CASE("recv", need("write", write(s[0], source, 100), 100);
		need("recv", recv(s[1], p, 100, 0), 100));
	CASE("recvmsg", struct iovec io = {p, 50};
		struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
		need("write", write(s[0], source, 50), 50);
		need("recvmsg", recvmsg(s[1], &m, 0), 50));
	CASE("fstat", need("fstat", fstat(s[0], (struct stat *)(void *)p), 0));
	CASE("getrandom", need("getrandom", syscall(SYS_getrandom, p, 32, 0), 32));
	CASE("getsockname", socklen_t n = 16;
		need("getsockname", getsockname(s[0], (struct sockaddr *)(void *)p, &n), 0));
	CASE("process_vm_readv", struct iovec to = {p, 64}; struct iovec from = {source, 64};
		need("process_vm_readv", process_vm_readv(getpid(), &to, 1, &from, 1, 0), 64));
	close(s[0]);
	close(s[1]);
}

static void write_file(void)
{
	int fd = open(path, O_RDWR);

	CASE("pwrite to the file", need("pwrite", pwrite(fd, "by pwrite", 9, p - map), 9));
	CASE("write to the file", lseek(fd, p - map, SEEK_SET);
		need("write", write(fd, "by write", 8), 8));
	CASE("write from the mapping", strcpy(p, "from"); lseek(fd, p - map + 100, SEEK_SET);
		need("write", write(fd, p, 4), 4));
	CASE("copy_file_range within the file", strcpy(p, "copied"); loff_t from = p - map;
		loff_t to = from + 500;
		need("copy_file_range", copy_file_range(fd, &from, fd, &to, 6, 0), 6));
	CASE("fallocate: a hole", memset(p, 5, SLOT);
		need("fallocate", fallocate(fd, 3, p - map + 4096, 4096), 0));
	close(fd);
}

static void call_libc(void)
{
	CASE("memcpy", memcpy(p + 3, source, 4000));
	CASE("memmove", memcpy(p, source, 200); memmove(p + 10, p, 200));
	CASE("memset", memset(p + 1, 0x39, 5000));
	CASE("memset to 0", memset(p, 1, 8192); memset(p + 64, 0, 8000));
	CASE("strcpy",
		strcpy(p, "a text that is longer than a line of the cache has room for, by far"));
	CASE("snprintf", snprintf(p, 100, "number %d %s %f", 5, "text", 3.25));
}

static void store_by_calls(void)
{
	read_into();
	receive();
	write_file();
	call_libc();
}

static int run_kinds(int argc, char *argv[], void (*kinds)(void))
{
	int fd;

	signal(SIGILL, is_unknown);
	signal(SIGBUS, is_unknown);
	for (size_t i = 0; i < sizeof(source); i++)
		source[i] = (char)(i * 7 + 3);
	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "--list") != 0) {
		path = argv[1];
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || ftruncate(fd, (off_t)SLOTS * SLOT) != 0)
			return 2;
		map = mmap(NULL, (size_t)SLOTS * SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
		if (map == MAP_FAILED)
			return 2;
	}
	kinds();
	store_by_calls();
	if (map != NULL)
		printf("done: %d\n", slots);
	return slots <= SLOTS ? 0 : 2;
}

#endif
