// A page of LMDB's, as far as more than one part here needs to know: ../../src/integrity/page-layout.ts has all of it, and says where it is from.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/** LMDB's page, and the machine's: the guard works only where they are the same. */
constexpr uint64_t kPageBytes = 4096;

constexpr size_t kHeaderBytes = 24;
constexpr size_t kFlagsAt = 18;
constexpr size_t kLowerAt = 20;
constexpr uint16_t kLeaf = 0x02;
/** Within a node; two bytes, behind which the key begins. */
constexpr size_t kNodeKeyLengthAt = 6;

}  // namespace weir
