#include "filler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace weir {
namespace {

// LMDB trusts what it maps, and ends the process where a page is not of the kind that it expects. This one it takes for a leaf of a
// tree with a single key, the lowest there is: a search ends there, and finds nothing. Read as the page with the roots of all trees it
// says that they are empty: everything behind the key is ones, which is no page's number.
constexpr unsigned kFlagsAt = 18;
constexpr unsigned kLowerAt = 20;
constexpr unsigned kUpperAt = 22;
constexpr unsigned kHeaderBytes = 24;
constexpr uint16_t kLeaf = 0x02;
constexpr uint16_t kNodeAt = kHeaderBytes + 2;
/** In the page with the roots: size, flags and depth of the first two trees. */
constexpr unsigned kTreesAt[] = {48, 96};
constexpr unsigned kTreeBytes = 8;
/** Length of the data (u32), flags (u16), length of the key (u16): 8 bytes each of data and key, all zero. */
constexpr uint16_t kNode[] = {8, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0};

void Put(unsigned char* page, unsigned at, uint16_t value) { std::memcpy(page + at, &value, sizeof value); }

int Make() {
  const int file = memfd_create("weir-unreadable", MFD_CLOEXEC);
  if (file < 0) return -1;
  unsigned char page[kPageBytes];
  std::memset(page, 0xff, sizeof page);
  std::memset(page, 0, kHeaderBytes);
  Put(page, kFlagsAt, kLeaf);
  Put(page, kLowerAt, kNodeAt);
  Put(page, kUpperAt, kNodeAt);
  Put(page, kHeaderBytes, kNodeAt);
  std::memcpy(page + kNodeAt, kNode, sizeof kNode);
  for (const unsigned at : kTreesAt) std::memset(page + at, 0, kTreeBytes);
  if (write(file, page, sizeof page) == static_cast<ssize_t>(sizeof page)) return file;
  close(file);
  return -1;
}

}  // namespace

int FillerFile() {
  static const int file = Make();
  return file;
}

}  // namespace weir
