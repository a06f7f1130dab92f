/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * names.cpp -- C++ names the library's structures without "struct", in all the ways that programs do.
 * With LEGACY the functions of 2019 are asked for, and the one structure whose name they hide is
 * spelled out.
 */
#include <map>
#include <memory>
#include <vector>

struct pmem2_map; /* forward declarations come before the header, as in a program's own headers */
struct pmem2_config;
struct pmem2_source;
struct pmem2_vm_reservation;

#include <libpmem2.h>
#ifdef LEGACY
#include <libpmem2/legacy.h>
#define MAP struct pmem2_map
#else
#define MAP pmem2_map
#endif

struct pmem2_map;
struct pmem2_badblock_context;

class holder
{
	pmem2_source *source = nullptr;
	pmem2_config *config = nullptr;
	MAP *map_ = nullptr;
	pmem2_vm_reservation *reservation = nullptr;
	pmem2_badblock_context *bad = nullptr;
	pmem2_badblock block{0, 0};
	pmem2_granularity granularity = PMEM2_GRANULARITY_PAGE;
	pmem2_sharing_type sharing = PMEM2_SHARED;

public:
	~holder()
	{
		pmem2_map_delete(&map_);
		pmem2_config_delete(&config);
		pmem2_source_delete(&source);
		pmem2_vm_reservation_delete(&reservation);
		pmem2_badblock_context_delete(&bad);
	}

	int fill(int fd, const pmem2_config *chosen)
	{
		int ret = pmem2_source_from_fd(&source, fd);

		return ret ? ret : pmem2_map_new(&map_, chosen, source);
	}

	const MAP &map() const { return *map_; }
	size_t end() const { return block.offset + block.length; }
	bool fine() const { return granularity < PMEM2_GRANULARITY_PAGE && sharing == PMEM2_SHARED; }
};

struct unmapper {
	void operator()(MAP *map) const { pmem2_map_delete(&map); }
};

using owned = std::unique_ptr<MAP, unmapper>;
using shared = std::shared_ptr<MAP>;

template <typename T> struct handle {
	T *object = nullptr;
};

template struct handle<MAP>;
template struct handle<pmem2_config>;
template struct handle<pmem2_source>;
template struct handle<pmem2_vm_reservation>;

std::vector<MAP *> all_maps();
std::map<MAP *, pmem2_granularity> granularities();

owned make(MAP *map)
{
	return owned(map);
}

shared share(MAP *map)
{
	return shared(map, unmapper());
}

#ifdef LEGACY
int old_style(pmem2_config *config, owned &kept)
{
	MAP *map = nullptr;
	int ret = pmem2_config_set_fd(config, 0);

	ret = ret ? ret : pmem2_map(config, &map);
	kept.reset(map);
	return ret;
}
#else
/* a program's own function, which is not the C function of 2019 */
int pmem2_unmap(holder &one)
{
	return one.fine() ? 0 : 1;
}
#endif

int persist(MAP *map, void *at)
{
	pmem2_persist_fn persist = pmem2_get_persist_fn(map);

	persist(at, 8);
	return pmem2_deep_flush(map, at, 8);
}
