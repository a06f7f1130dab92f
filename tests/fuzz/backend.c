/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.c -- a plug-in of the build (PLUGIN, the file of the backend NAME) with anything wrong that the
 * library can see before it loads it, or in what it exports: cut short, headers of another machine or
 * of places after the end, no symbol or that of another version, other names, strings without an
 * end, operations that are NULL, any needs. It is refused with a reason, or whole; never called.
 *
 * What ld.so alone could see, such as relocations that lead astray, is not changed: ld.so trusts
 * what it loads, and who may write there may as well write code.
 */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry_list.h"
#include "../must.h"

enum {
	VARIANTS = 8,
	OPERATIONS = 6,
	NEEDS = offsetof(struct pmem2_variant, needs), /* and after it, serves */
	NEEDS_AND_SERVES = 8 + 4,
};

static char *plugin; /* as it was built */
static size_t plugin_size;
static Elf64_Rela *relocations; /* in plugin, and all that follows */
static size_t relocation_count;
static char *symbol;                         /* its name */
static uint64_t backend, variants[VARIANTS]; /* addresses */
static size_t variant_count;

static char *file; /* the changed one */
static size_t file_size;

/* ---- what is where in the plug-in ---- */

static Elf64_Shdr *section(uint32_t type)
{
	Elf64_Ehdr *header = (void *)plugin;
	Elf64_Shdr *sections = (void *)(plugin + header->e_shoff);

	for (size_t i = 0; i < header->e_shnum; i++)
		if (sections[i].sh_type == type && (sections[i].sh_flags & SHF_ALLOC) != 0)
			return &sections[i];
	return NULL;
}

static char *at_address(char *base, uint64_t address)
{
	Elf64_Ehdr *header = (void *)plugin;
	Elf64_Phdr *segments = (void *)(plugin + header->e_phoff);

	for (size_t i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD && address >= segments[i].p_vaddr &&
			address - segments[i].p_vaddr < segments[i].p_filesz)
			return base + segments[i].p_offset + (address - segments[i].p_vaddr);
	abort();
}

/* The relocation of a pointer at that address; NULL: it is NULL. */
static Elf64_Rela *pointer_at(uint64_t address)
{
	for (size_t i = 0; i < relocation_count; i++)
		if (relocations[i].r_offset == address)
			return &relocations[i];
	return NULL;
}

static void find_symbol(void)
{
	const Elf64_Shdr *symbols = section(SHT_DYNSYM), *strings = section(SHT_STRTAB);

	MUST(symbols != NULL && strings != NULL);
	const Elf64_Sym *symbol_table = (void *)(plugin + symbols->sh_offset);
	for (size_t i = 0; i < symbols->sh_size / sizeof(Elf64_Sym); i++) {
		char *name = plugin + strings->sh_offset + symbol_table[i].st_name;

		if (strcmp(name, "pmem2_backend_v1") != 0)
			continue;
		symbol = name;
		backend = symbol_table[i].st_value;
	}
	MUST(symbol != NULL);
}

static void find_variants(void)
{
	const Elf64_Rela *list = pointer_at(backend + offsetof(struct pmem2_backend, variants));

	MUST(list != NULL);
	for (uint64_t at = (uint64_t)list->r_addend; pointer_at(at) != NULL; at += 8) {
		MUST(variant_count < VARIANTS);
		variants[variant_count++] = (uint64_t)pointer_at(at)->r_addend;
	}
	MUST(variant_count > 0);
}

static char *name_of(size_t variant) /* variant_count: of the backend */
{
	uint64_t at = variant < variant_count
	                      ? variants[variant] + offsetof(struct pmem2_variant, name)
	                      : backend + offsetof(struct pmem2_backend, name);

	return at_address(plugin, (uint64_t)pointer_at(at)->r_addend);
}

static void read_plugin(void)
{
	struct stat st;
	int fd = open(PLUGIN, O_RDONLY | O_CLOEXEC);

	MUST(fd >= 0 && fstat(fd, &st) == 0);
	plugin_size = (size_t)st.st_size;
	plugin = malloc(plugin_size);
	file = malloc(plugin_size);
	MUST(plugin != NULL && file != NULL);
	MUST(read(fd, plugin, plugin_size) == (ssize_t)plugin_size);
	close(fd);

	const Elf64_Shdr *rela = section(SHT_RELA);
	MUST(rela != NULL);
	relocations = (void *)(plugin + rela->sh_offset);
	relocation_count = rela->sh_size / sizeof(Elf64_Rela);
	find_symbol();
	find_variants();
}

/* ---- changes ---- */

struct input {
	const uint8_t *at, *end;
};

static uint64_t number(struct input *in, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes && in->at < in->end; i++)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

/* The same place in the changed file. */
static void *in_file(const void *in_plugin)
{
	return file + ((const char *)in_plugin - plugin);
}

static void cut(struct input *in)
{
	size_t size = number(in, 4) % (plugin_size + 1);

	file_size = size;
}

/* What names the machine, the kind and the form. */
static void change_header(struct input *in)
{
	static const struct field {
		size_t offset, size;
	} fields[] = {
		{EI_MAG0, 1},
		{EI_MAG3, 1},
		{EI_CLASS, 1},
		{EI_DATA, 1},
		{EI_VERSION, 1},
		{offsetof(Elf64_Ehdr, e_type), 2},
		{offsetof(Elf64_Ehdr, e_machine), 2},
		{offsetof(Elf64_Ehdr, e_version), 4},
		{offsetof(Elf64_Ehdr, e_phentsize), 2},
		{offsetof(Elf64_Ehdr, e_shentsize), 2},
	};
	const struct field *field = &fields[number(in, 1) % (sizeof(fields) / sizeof(fields[0]))];
	uint64_t value = number(in, field->size);

	memcpy(file + field->offset, &value, field->size);
}

/* Tables and segments that are not in the file. */
static void lead_out(struct input *in)
{
	Elf64_Ehdr *header = (void *)file;
	Elf64_Phdr *segments = (void *)(file + ((Elf64_Ehdr *)(void *)plugin)->e_phoff);
	Elf64_Phdr *segment = &segments[number(in, 1) % ((Elf64_Ehdr *)(void *)plugin)->e_phnum];
	uint64_t outside = number(in, 8) | UINT64_C(1) << 40;

	switch (number(in, 1) % 5) {
	case 0:
		header->e_phoff = outside;
		break;
	case 1:
		header->e_shoff = outside;
		break;
	case 2:
		header->e_shnum = 0xfff0;
		break;
	case 3:
		segment->p_offset = outside;
		break;
	case 4:
		segment->p_filesz = outside;
		break;
	}
}

static void rename_symbol(struct input *in)
{
	size_t place = number(in, 1) % strlen(symbol);

	((char *)in_file(symbol))[place] = (char)number(in, 1);
}

/* The name of the backend, or of a variant: other letters, or no end. */
static void change_name(struct input *in)
{
	char *name = name_of(number(in, 1) % (variant_count + 1));
	size_t place = number(in, 1) % (strlen(name) + 1);

	((char *)in_file(name))[place] = (char)number(in, 1);
}

/* A pointer's relocation is put where nobody looks: the pointer stays NULL. */
static void clear_pointer(struct input *in)
{
	static const size_t operations[OPERATIONS] = {offsetof(struct pmem2_variant, persist),
		offsetof(struct pmem2_variant, flush), offsetof(struct pmem2_variant, drain),
		offsetof(struct pmem2_variant, deep_persist),
		offsetof(struct pmem2_variant, memmove), offsetof(struct pmem2_variant, memset)};
	static const size_t parts[] = {offsetof(struct pmem2_backend, name),
		offsetof(struct pmem2_backend, variants)};
	size_t which = number(in, 1) % (variant_count + 1), part = number(in, 1);
	uint64_t at = which < variant_count ? variants[which] + operations[part % OPERATIONS]
	                                    : backend + parts[part % 2];

	Elf64_Rela *gone = in_file(pointer_at(at));
	gone->r_offset = backend + offsetof(struct pmem2_backend, reserved);
	memset(at_address(file, at), 0, 8);
}

static void change_needs(struct input *in)
{
	char *variant = at_address(file, variants[number(in, 1) % variant_count]);
	uint64_t needs = number(in, 8), serves = number(in, 4);

	memcpy(variant + NEEDS, &needs, 8);
	memcpy(variant + NEEDS + 8, &serves, NEEDS_AND_SERVES - 8);
}

static unsigned serves_of(size_t variant)
{
	unsigned serves;

	memcpy(&serves, at_address(file, variants[variant]) + NEEDS + 8, sizeof(serves));
	return serves;
}

/* Whether what the variant serves is something, and known. */
static bool is_known(size_t variant)
{
	return serves_of(variant) > 0 && serves_of(variant) < 16;
}

static bool begins_with_name(const char *name)
{
	size_t length = strlen(NAME);

	return strncmp(name, NAME, length) == 0 && (name[length] == '\0' || name[length] == '-');
}

/* Whether the changed file has a name there that the contract allows, which no other variant has that serves the same. */
static bool is_good_name(size_t variant)
{
	const char *name = in_file(name_of(variant));

	if (strnlen(name, PMEM2_NAME_MAX + 1) > PMEM2_NAME_MAX || !begins_with_name(name))
		return false;
	for (size_t i = 0; i < variant_count; i++)
		if (i != variant && strcmp(in_file(name_of(i)), name) == 0 &&
			(serves_of(i) & serves_of(variant)) != 0)
			return false;
	return true;
}

/* Whether anything is changed but what a variant may say of itself. */
static bool is_bad(void)
{
	static char *rest;

	if (rest == NULL)
		rest = malloc(plugin_size);
	MUST(rest != NULL);
	memcpy(rest, file, plugin_size);
	for (size_t i = 0; i < variant_count; i++) {
		const char *name = name_of(i), *needs = at_address(plugin, variants[i]) + NEEDS;

		if (name != name_of(variant_count) &&
			is_good_name(i)) /* the linker merges equal strings */
			memcpy(rest + (name - plugin), name, strlen(name) + 1);
		if (is_known(i))
			memcpy(rest + (needs - plugin), needs, NEEDS_AND_SERVES);
	}
	return file_size != plugin_size || memcmp(rest, plugin, plugin_size) != 0;
}

/* ---- running ---- */

static char directory[64];

static void remove_directory(void)
{
	rmdir(directory);
}

static void begin(void)
{
	snprintf(directory, sizeof(directory), "/dev/shm/pmem2-fuzz-XXXXXX");
	MUST(mkdtemp(directory) != NULL);
	atexit(remove_directory);
	read_plugin();
}

static void put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	MUST(fd >= 0 && write(fd, file, file_size) == (ssize_t)file_size);
	close(fd);
}

static void check(const struct pmem2_registry *registry)
{
	const struct pmem2_found *found = NULL;

	for (size_t i = 0; i < registry->count; i++)
		if (strcmp(registry->found[i].name, NAME) == 0)
			found = &registry->found[i];
	MUST(found != NULL && found->named);
	MUST(memchr(found->refusal, '\0', sizeof(found->refusal)) != NULL);
	MUST((registry->error == 0) == (found->refusal[0] == '\0'));
	MUST(registry->error == 0 ||
		(registry->error == PMEM2_E_BACKEND && registry->message[0] != '\0'));
	MUST((found->backend == NULL) == is_bad());
	MUST(found->backend != NULL || found->refusal[0] != '\0');
	for (unsigned use = 0; use < 4; use++) {
		const struct pmem2_choice *choice = registry->choice[use];

		MUST(found->refusal[0] == '\0' || choice->backend == NULL ||
			choice->backend != found->backend);
		if (choice->variant != NULL)
			MUST((choice->variant->serves & 1U << use) != 0 &&
				(choice->variant->needs & ~registry->cpu.features) == 0);
	}
}

/* Loads of the same name are one to ld.so, so each is given back. */
static void unload(const char *path)
{
	void *module = dlopen(path, RTLD_NOLOAD | RTLD_NOW);

	if (module == NULL)
		return;
	dlclose(module);
	dlclose(module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const changes[])(struct input *) = {cut, change_header, lead_out,
		rename_symbol, change_name, clear_pointer, change_needs};
	static struct pmem2_registry registry;
	struct input in = {data, data + size};
	char path[128];

	if (plugin == NULL)
		begin();
	memcpy(file, plugin, plugin_size);
	file_size = plugin_size;
	while (in.at < in.end)
		changes[number(&in, 1) % (sizeof(changes) / sizeof(changes[0]))](&in);

	snprintf(path, sizeof(path), "%s/%s.so", directory, NAME);
	put(path);
	setenv("PMEM2_BACKEND_DIR", directory, 1);
	pmem2_registry_read(&registry, NAME);
	check(&registry);
	unload(path);
	unlink(path);
	return 0;
}
