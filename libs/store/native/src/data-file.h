// A data file as it is read beside LMDB, and what of it is in memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/** An open file. Its map is never read, so that nothing of it can fault: it is there to ask what is in memory. */
class DataFile {
 public:
  /** Minus an error number in `error` where that is not possible. */
  DataFile(const char* path, int* error);
  ~DataFile();
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  int descriptor() const { return file_; }

  /** True if reading this part would not wait for the disk. For one thread. */
  bool InMemory(uint64_t offset, size_t length);

 private:
  bool Map(uint64_t bytes);

  int file_ = -1;
  void* map_ = nullptr;
  uint64_t mapped_ = 0;
};

}  // namespace weir
