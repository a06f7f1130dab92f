/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A B+tree on persistent memory, which flushes by its own instructions. tree FILE put COUNT: keys and values, one
 * after another, each durable before the next. tree FILE check: whether it is a tree that has the
 * first keys, as many as may be, and each with its value.
 *
 * A leaf has entries in no order; an entry is there if its value is. Inner nodes are never changed: what is above a
 * leaf that was split is made anew, up to a new root, which one store then puts in place.
 */
#include "raw.h"

#include <stdbool.h>

#ifndef FAULT
#define FAULT 0
#endif

enum {
	RIGHT,
	KEY_LAST,       /* the value is stored before the key, in one line */
	LEAF_UNFLUSHED, /* a new leaf is not flushed before a root leads to it */
	ROOT_AT_ONCE,   /* no fence between the new nodes and the root */
	AFTER_FLUSH,    /* the last child of a new node is stored when the node was flushed */
	NODE_ASTRAY,    /* the pointer to a new node is flushed, and not the node */
	HEAP_ASTRAY,    /* memory of malloc(3) is flushed */
	VOLATILE,       /* memory that ends with the process is flushed: right */
};

enum { ENTRIES = 31, HEIGHT = 8, LEAF = 1, PAGE = 512 }; /* PAGE: bytes of a node */

struct node {
	uint64_t level; /* LEAF, or more; 0 is no node */
	uint64_t count; /* of an inner node's children */
	struct {
		uint64_t key;   /* of a child: the least that it may have */
		uint64_t value; /* of a child: its offset in the file; 0: no entry */
	} entry[ENTRIES];
};

static struct {
	uint64_t root; /* offset */
	uint64_t used; /* bytes of the file */
} * head;

static struct node *node_at(uint64_t offset)
{
	return (struct node *)(void *)((char *)head + offset);
}

static uint64_t offset_of(const struct node *n)
{
	return (uint64_t)((const char *)n - (const char *)head);
}

/* Different for each number, and in no order. */
static uint64_t key_of(uint64_t i)
{
	i = (i ^ i >> 31) * UINT64_C(0x7fb5d329728ea185);
	i = (i ^ i >> 27) * UINT64_C(0x81dadef4bc2dd44d);
	return i ^ i >> 33;
}

static void flush_node(const struct node *n)
{
	if (FAULT == NODE_ASTRAY)
		write_back(&n); /* astray */
	for (size_t at = 0; at < sizeof(*n) && FAULT != NODE_ASTRAY; at += 64)
		write_back((const char *)n + at);
}

/* The bytes are those of nobody before it is durable that they are in use. */
static struct node *new_node(uint64_t level)
{
	struct node *n = node_at(head->used);

	head->used += PAGE;
	persist(&head->used, 8);
	memset(n, 0, sizeof(*n));
	n->level = level;
	return n;
}

/* ---- finding ---- */

static unsigned child_of(const struct node *n, uint64_t key)
{
	unsigned i = 0;

	while (i + 1 < n->count && n->entry[i + 1].key <= key)
		i++;
	return i;
}

/* From the root down to the leaf; how many nodes. */
static unsigned find_path(uint64_t key, struct node **path)
{
	unsigned depth = 0;
	struct node *n = node_at(head->root);

	for (; n->level > LEAF; n = node_at(n->entry[child_of(n, key)].value))
		path[depth++] = n;
	path[depth++] = n;
	return depth;
}

/* ---- inserting ---- */

static bool put_entry(struct node *leaf, uint64_t key, uint64_t value)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		volatile uint64_t *k = &leaf->entry[i].key, *v = &leaf->entry[i].value;

		if (*v != 0)
			continue;
		if (FAULT == KEY_LAST) {
			*v = value;
			*k = key;
		} else {
			*k = key;
			*v = value;
		}
		persist(&leaf->entry[i], 16);
		return true;
	}
	return false;
}

/* The key that about half of a leaf's are below. */
static uint64_t middle_of(const struct node *leaf)
{
	for (unsigned i = 0;; i++) {
		unsigned below = 0;

		for (unsigned j = 0; j < ENTRIES; j++)
			below += leaf->entry[j].key < leaf->entry[i].key;
		if (below == ENTRIES / 2)
			return leaf->entry[i].key;
	}
}

static struct node *upper_half(const struct node *leaf, uint64_t from)
{
	struct node *n = new_node(LEAF);
	unsigned count = 0;

	for (unsigned i = 0; i < ENTRIES; i++)
		if (leaf->entry[i].key >= from)
			n->entry[count++] = leaf->entry[i];
	if (FAULT != LEAF_UNFLUSHED)
		flush_node(n);
	return n;
}

static void finish_node(struct node *n)
{
	volatile uint64_t *last = &n->entry[n->count - 1].value;
	uint64_t value = *last;

	if (FAULT == AFTER_FLUSH)
		*last = 0;
	flush_node(n);
	if (FAULT == AFTER_FLUSH)
		*last = value;
}

/* A copy of an inner node with one more child, or two halves of it: then *other has the upper one. */
static struct node *with_child(const struct node *old, uint64_t replaced, uint64_t by, uint64_t key,
	const struct node *child, struct node **other)
{
	struct node *lower;
	uint64_t keys[ENTRIES + 1], values[ENTRIES + 1];
	unsigned n = 0, low;

	for (unsigned i = 0; i < old->count; i++) {
		keys[n] = old->entry[i].key;
		values[n++] = old->entry[i].value == replaced ? by : old->entry[i].value;
		if (child != NULL && old->entry[i].value == replaced) {
			keys[n] = key;
			values[n++] = offset_of(child);
		}
	}
	low = n > ENTRIES ? n / 2 : n;
	lower = new_node(old->level);
	*other = low < n ? new_node(old->level) : NULL;
	for (unsigned i = 0; i < n; i++) {
		struct node *to = i < low ? lower : *other;

		to->entry[to->count].key = keys[i];
		to->entry[to->count++].value = values[i];
	}
	finish_node(lower);
	if (*other != NULL)
		finish_node(*other);
	return lower;
}

static struct node *root_above(const struct node *lower, const struct node *upper, uint64_t key)
{
	struct node *n = new_node(lower->level + 1);

	n->count = 2;
	n->entry[0].value = offset_of(lower);
	n->entry[1].key = key;
	n->entry[1].value = offset_of(upper);
	finish_node(n);
	return n;
}

/* The leaf keeps what is not its own any more until the new root is durable: nobody looks for it there. */
static void clear_upper_half(struct node *leaf, uint64_t from)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		if (leaf->entry[i].key >= from)
			leaf->entry[i].value = 0;
	flush_node(leaf);
	store_fence();
}

static void split(struct node **path, unsigned depth)
{
	struct node *leaf = path[depth - 1], *now = leaf, *other;
	uint64_t key = middle_of(leaf), from = key, old = offset_of(leaf);

	other = upper_half(leaf, key);
	while (depth-- > 1) {
		struct node *child = other;

		now = with_child(path[depth - 1], old, offset_of(now), key, child, &other);
		key = other != NULL ? other->entry[0].key : 0;
		old = offset_of(path[depth - 1]);
	}
	if (other != NULL)
		now = root_above(now, other, key);
	if (FAULT != ROOT_AT_ONCE)
		store_fence();
	head->root = offset_of(now);
	persist(&head->root, 8);
	clear_upper_half(leaf, from);
}

static void put(uint64_t key, uint64_t value)
{
	struct node *path[HEIGHT];
	unsigned depth = find_path(key, path);

	if (put_entry(path[depth - 1], key, value))
		return;
	split(path, depth);
	put(key, value);
}

/* ---- checking ---- */

/* The value of a key; 0: it is not there. */
static uint64_t get(uint64_t key)
{
	struct node *path[HEIGHT];
	unsigned depth = find_path(key, path);
	const struct node *leaf = path[depth - 1];

	for (unsigned i = 0; i < ENTRIES; i++)
		if (leaf->entry[i].value != 0 && leaf->entry[i].key == key)
			return leaf->entry[i].value;
	return 0;
}

static int bad(const char *what, uint64_t number)
{
	printf("%s: %lu\n", what, (unsigned long)number);
	return 1;
}

/* Whether all of a subtree is where it has to be; adds up how many entries there are. */
static int check_node(uint64_t offset, uint64_t least, uint64_t end, uint64_t *count)
{
	const struct node *n = node_at(offset);

	if (offset % PAGE != 0 || offset == 0 || offset >= head->used || n->level == 0 ||
		n->level > HEIGHT)
		return bad("no node", offset);
	if (n->level > LEAF && (n->count == 0 || n->count > ENTRIES))
		return bad("a node without children", offset);
	for (unsigned i = 0; n->level > LEAF && i < n->count; i++) {
		uint64_t from = i > 0 ? n->entry[i].key : least;

		if (check_node(n->entry[i].value, from,
			    i + 1 < n->count ? n->entry[i + 1].key : end, count) != 0)
			return 1;
	}
	for (unsigned i = 0; n->level == LEAF && i < ENTRIES; i++) {
		uint64_t key = n->entry[i].key, value = n->entry[i].value;

		if (value == 0 || key < least || key >= end)
			continue;
		if (key != key_of(value - 1))
			return bad("a value with another's key", value);
		++*count;
	}
	return 0;
}

static int check(void)
{
	uint64_t count = 0;

	if (head->root == 0)
		return 0;
	if (check_node(head->root, 0, UINT64_MAX, &count) != 0)
		return 1;
	for (uint64_t i = 0; i < count; i++)
		if (get(key_of(i)) != i + 1)
			return bad("missing", i);
	return 0;
}

/* ---- the command ---- */

/* Memory that no power cut can harm, flushed as the tree is. */
static void flush_volatile(void)
{
	void *heap = malloc(64),
	     *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (heap == NULL || own == MAP_FAILED)
		exit(2);
	persist(FAULT == HEAP_ASTRAY ? heap : own, 64);
	munmap(own, 4096);
	free(heap);
}

static void begin(void)
{
	struct node *root;

	head->used = PAGE;
	root = new_node(LEAF);
	flush_node(root);
	store_fence();
	head->root = offset_of(root);
	persist(head, sizeof(*head));
}

int main(int argc, char *argv[])
{
	uint64_t count = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;

	if (argc < 3)
		return 2;
	head = map_file(argv[1], (size_t)(1 << 16) + count * 200);
	if (strcmp(argv[2], "check") == 0)
		return check();
	if (head->root == 0)
		begin();
	if (FAULT == HEAP_ASTRAY || FAULT == VOLATILE)
		flush_volatile();
	for (uint64_t i = 0; i < count; i++)
		put(key_of(i), i + 1);
	return 0;
}
