#include "release.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "page.h"

namespace weir {
namespace {

/** Where the file system does not tell, there may be something. */
bool HoldsData(int file, off_t from, off_t bytes) {
  const off_t data = lseek(file, from, SEEK_DATA);
  if (data < 0) return errno != ENXIO;
  return data < from + bytes;
}

int ReleaseRun(int file, off_t from, off_t bytes) {
  while (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, bytes) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

int Release(int file, const double* runs, size_t count) {
  for (size_t run = 0; run < count; run++) {
    const off_t from = static_cast<off_t>(runs[2 * run]) * static_cast<off_t>(kPageBytes);
    const off_t bytes = static_cast<off_t>(runs[2 * run + 1]) * static_cast<off_t>(kPageBytes);
    if (!HoldsData(file, from, bytes)) continue;
    const int failure = ReleaseRun(file, from, bytes);
    if (failure != 0) return failure;
  }
  return 0;
}

int Reserve(int file, int64_t bytes) {
  while (fallocate(file, 0, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace weir
