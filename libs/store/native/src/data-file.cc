#include "data-file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "page.h"

namespace weir {
namespace {

/** Addresses are free, and a file that grows is seldom mapped anew. */
constexpr uint64_t kMapBytesMin = 1ull << 32;
/** Pages asked about at a time. */
constexpr size_t kPagesAtOnce = 256;

}  // namespace

DataFile::DataFile(const char* path, int* error) {
  *error = 0;
  if (sysconf(_SC_PAGESIZE) != static_cast<long>(kPageBytes)) *error = -ENOTSUP;
  if (*error == 0) file_ = open(path, O_RDONLY | O_CLOEXEC);
  if (*error == 0 && file_ < 0) *error = -errno;
  // Nobody's read has the next one's pages read too: whoever does not wait must not begin that either.
  if (file_ >= 0) posix_fadvise(file_, 0, 0, POSIX_FADV_RANDOM);
}

DataFile::~DataFile() {
  if (map_ != nullptr) munmap(map_, mapped_);
  if (file_ >= 0) close(file_);
}

KeptPage& DataFile::Kept(uint64_t number) {
  if (kept_ == nullptr) kept_ = std::make_unique<KeptPage[]>(kKeptPages);
  return kept_[number % kKeptPages];
}

bool DataFile::InMemory(uint64_t offset, size_t length) {
  const uint64_t end = offset + length;
  if (end > mapped_ && !Map(end)) return false;
  unsigned char present[kPagesAtOnce];
  for (uint64_t page = offset / kPageBytes; page * kPageBytes < end;) {
    const size_t count = std::min<uint64_t>(kPagesAtOnce, (end - 1) / kPageBytes + 1 - page);
    void* const from = static_cast<unsigned char*>(map_) + page * kPageBytes;
    if (mincore(from, count * kPageBytes, present) != 0) return false;
    if (!std::all_of(present, present + count, [](unsigned char one) { return (one & 1) != 0; })) return false;
    page += count;
  }
  return true;
}

/** What lies beyond the file is mapped too, and not in memory. */
bool DataFile::Map(uint64_t bytes) {
  struct stat status;
  if (fstat(file_, &status) != 0 || bytes > static_cast<uint64_t>(status.st_size)) return false;
  if (map_ != nullptr) munmap(map_, mapped_);
  mapped_ = 0;
  const uint64_t wanted = std::max(kMapBytesMin, 2 * static_cast<uint64_t>(status.st_size));
  map_ = mmap(nullptr, wanted, PROT_READ, MAP_SHARED | MAP_NORESERVE, file_, 0);
  if (map_ == MAP_FAILED) map_ = nullptr;
  else mapped_ = wanted;
  return map_ != nullptr;
}

}  // namespace weir
