# Mends writer.c of the example string_store: the text first, and then its length.
/rootp->len = /d
/persist(pop, &rootp->len/d
/buf, rootp->len);/c\
	pmemobj_memcpy_persist(pop, rootp->buf, buf, sizeof(buf));\
	rootp->len = strlen(buf);\
	pmemobj_persist(pop, &rootp->len, sizeof(rootp->len));
