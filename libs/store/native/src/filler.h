// The page that stands in for one that cannot be read.
#pragma once

#include <cstdint>

namespace weir {

/** LMDB's page, and the machine's: the guard works only where they are the same. */
constexpr uint64_t kPageBytes = 4096;

/** Where the page is kept, to be mapped; made once. -1 where that is not possible. */
int FillerFile();

}  // namespace weir
