#include "filler.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace weir {
namespace {

// LMDB trusts what it maps, and ends the process where a page is not of the kind that it expects. This one it takes for a leaf of a
// tree with a single key, eight zeros, the lowest there is, and an empty value: a search ends there, and finds nothing. Read as the page
// with the roots of all trees it says that they are empty: what is ones there is no page's number. Read as the list of free pages
// it is empty too: a transaction that ends on it forgets free pages, and takes none that is in use.
constexpr unsigned kNodeKeyLengthAt = 6;
constexpr unsigned kFlagsAt = 18;
constexpr unsigned kLowerAt = 20;
constexpr unsigned kUpperAt = 22;
constexpr unsigned kHeaderBytes = 24;
constexpr uint16_t kLeaf = 0x02;
constexpr uint16_t kKeyLength = 8;
/** Behind the header, a pointer to the only node. It lies at the page's beginning, its key where the header has zeros. */
constexpr uint16_t kEndOfPointers = kHeaderBytes + 2;
/** In the page with the roots: size, flags and depth of the first two trees. */
constexpr unsigned kFirstTreeAt = 48;
constexpr unsigned kSecondTreeAt = 96;
constexpr unsigned kTreeBytes = 8;

void Put(unsigned char* page, unsigned at, uint16_t value) { std::memcpy(page + at, &value, sizeof value); }

int Make() {
  const int file = memfd_create("weir-unreadable", MFD_CLOEXEC);
  if (file < 0) return -1;
  unsigned char page[kPageBytes];
  std::memset(page, 0xff, sizeof page);
  std::memset(page, 0, kFirstTreeAt + kTreeBytes);
  std::memset(page + kSecondTreeAt, 0, kTreeBytes);
  Put(page, kNodeKeyLengthAt, kKeyLength);
  Put(page, kFlagsAt, kLeaf);
  Put(page, kLowerAt, kEndOfPointers);
  Put(page, kUpperAt, kEndOfPointers);
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
