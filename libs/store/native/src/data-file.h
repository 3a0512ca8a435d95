// A data file as it is read beside LMDB, and what of it is in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "page.h"

namespace weir {

/** Pages of trees that are kept, 1 MiB: the branches of a million extents, and the leaves of those asked for last. */
constexpr size_t kKeptPages = 256;

/** A page as it was read while `transaction` was the newest: no page that this leads to is written over before the next one. */
struct KeptPage {
  uint64_t number = UINT64_MAX;
  uint64_t transaction = 0;
  uint8_t bytes[kPageBytes];
};

/** An open file. Its map is never read, so that nothing of it can fault: it is there to ask what is in memory. */
class DataFile {
 public:
  /** Minus an error number in `error` where that is not possible. */
  DataFile(const char* path, int* error);
  ~DataFile();
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  int descriptor() const { return file_; }

  /** Where a page is kept, or would be. For one thread. */
  KeptPage& Kept(uint64_t number);

  /** True if reading this part would not wait for the disk. For one thread. */
  bool InMemory(uint64_t offset, size_t length);

 private:
  bool Map(uint64_t bytes);

  int file_ = -1;
  std::unique_ptr<KeptPage[]> kept_;
  void* map_ = nullptr;
  uint64_t mapped_ = 0;
};

}  // namespace weir
