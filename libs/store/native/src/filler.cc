#include "filler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "page.h"

namespace weir {
namespace {

// LMDB trusts what it maps, and ends the process where a page is not of the kind that it expects. Only who reads ever sees this one. It
// is taken for a leaf of a tree with a single key, eight zeros, the lowest there is, and an empty value: a search ends there, and finds
// nothing. Should LMDB know of more nodes, of a page that could be read a moment ago, they are within it, and have no key.
// Read as the page with the roots of all trees it says that they are empty, and that the other such page is newer.
constexpr size_t kUpperAt = 22;
/** The only node: eight bytes, of which the last two are the length of its key, and the key. Places count from behind the header. */
constexpr uint16_t kKeyLength = 8;
constexpr uint16_t kNodeAt = kPageBytes - kHeaderBytes - 8 - kKeyLength;
constexpr uint16_t kPointerBytes = 2;
/** In the page with the roots: where the first two trees begin. Ones are no page's number. */
constexpr unsigned kRootsAt[] = {88, 136};
constexpr unsigned kRootBytes = 8;

void Put(unsigned char* page, size_t at, uint16_t value) { std::memcpy(page + at, &value, sizeof value); }

int Make() {
  const int file = memfd_create("weir-unreadable", MFD_CLOEXEC);
  if (file < 0) return -1;
  unsigned char page[kPageBytes];
  std::memset(page, 0, sizeof page);
  for (const unsigned root : kRootsAt) std::memset(page + root, 0xff, kRootBytes);
  Put(page, kFlagsAt, kLeaf);
  Put(page, kLowerAt, kPointerBytes);
  Put(page, kUpperAt, kNodeAt);
  Put(page, kHeaderBytes, kNodeAt);
  Put(page, kHeaderBytes + kNodeAt + kNodeKeyLengthAt, kKeyLength);
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
