/* SPDX-License-Identifier: BSD-3-Clause */
/* test_elf_file.c -- shared objects that are damaged: of each it is said, and none is given to ld.so. */
#include "elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

#define GOOD ODD_BACKENDS_DIR "/odd_good.so"

static char good[1 << 20];
static size_t size;

static void set_up(void)
{
	FILE *file = fopen(GOOD, "rb");

	ck_assert_ptr_nonnull(file);
	size = fread(good, 1, sizeof(good), file);
	fclose(file);
	ck_assert_uint_gt(size, sizeof(Elf64_Ehdr));
	ck_assert_uint_lt(size, sizeof(good));
}

static const char *judge(const void *content, size_t length)
{
	int fd = memfd_create("elf_file", MFD_CLOEXEC);
	char path[64];

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, length), (ssize_t)length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	const char *wrong = pmem2_elf_file_objection(path);
	close(fd);
	return wrong;
}

START_TEST(whole_files_are_good)
{
	ck_assert_pstr_eq(pmem2_elf_file_objection(GOOD), NULL);
	ck_assert_pstr_eq(judge(good, size), NULL);
	/* a signature, for example, may be after the end */
	memset(good + size, 's', 100);
	ck_assert_pstr_eq(judge(good, size + 100), NULL);
}
END_TEST

START_TEST(cut_short_anywhere)
{
	for (size_t length = SELFMAG; length < size; length += length < 4096 ? 1 : 61)
		ck_assert_pstr_eq(judge(good, length), "it is cut short");
	ck_assert_pstr_eq(judge(good, size - 1), "it is cut short");
}
END_TEST

START_TEST(cut_short_without_section_headers)
{
	Elf64_Ehdr *header = (void *)good;

	header->e_shoff = header->e_shnum = header->e_shstrndx = 0;
	ck_assert_pstr_eq(judge(good, size), NULL);
	for (size_t length = SELFMAG; length < 8192; length++)
		ck_assert_pstr_eq(judge(good, length), "it is cut short");
}
END_TEST

START_TEST(headers_that_are_not_ours)
{
	Elf64_Ehdr *header = (void *)good;
	const Elf64_Ehdr kept = *header;

	header->e_machine = EM_S390;
	ck_assert_pstr_eq(judge(good, size), "it is for another machine");
	*header = kept;
	header->e_ident[EI_CLASS] = ELFCLASS32;
	ck_assert_pstr_eq(judge(good, size), "it is for another machine");
	*header = kept;
	header->e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
	ck_assert_pstr_eq(judge(good, size), "it is for another machine");
	*header = kept;
	header->e_type = ET_EXEC;
	ck_assert_pstr_eq(judge(good, size), "it is no shared object");
	*header = kept;
	header->e_phentsize++;
	ck_assert_pstr_eq(judge(good, size), "its header is of no known form");
	*header = kept;
	header->e_phnum = 0xfffe;
	ck_assert_pstr_eq(judge(good, size), "it is cut short");
	*header = kept;
	header->e_shoff = UINT64_MAX - 10;
	ck_assert_pstr_eq(judge(good, size), "it is cut short");
}
END_TEST

START_TEST(segments_outside_the_file)
{
	const Elf64_Ehdr *header = (void *)good;

	for (size_t i = 0; i < header->e_phnum; i++) {
		Elf64_Phdr *segment = (Elf64_Phdr *)(void *)(good + header->e_phoff) + i;
		const Elf64_Phdr kept = *segment;

		segment->p_offset = UINT64_MAX - 4095;
		ck_assert_pstr_eq(judge(good, size), "it is cut short");
		*segment = kept;
		segment->p_filesz = size + 1;
		ck_assert_pstr_eq(judge(good, size), "it is cut short");
		*segment = kept;
	}
}
END_TEST

START_TEST(other_files)
{
	static const char text[] =
		"#!/bin/sh\n# no shared object, but as long as the header of one\n";

	ck_assert_pstr_eq(judge(text, sizeof(text)), "it is no ELF file");
	ck_assert_pstr_eq(judge(text, 10), "it is no ELF file");
	ck_assert_pstr_eq(judge(text, 0), "it is no ELF file");
	ck_assert_pstr_eq(pmem2_elf_file_objection("/nowhere.so"), "No such file or directory");
	ck_assert_pstr_eq(pmem2_elf_file_objection("/"), "Is a directory");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {whole_files_are_good, cut_short_anywhere,
		cut_short_without_section_headers, headers_that_are_not_ours,
		segments_outside_the_file, other_files, NULL};

	return unit_run_with("elf_file", tests, set_up, NULL);
}
