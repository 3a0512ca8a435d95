// What lies where in this process's memory, asked of the kernel. Callable from a signal handler: no allocation, no locale.
#pragma once

#include <cstdint>

namespace weir {

/** A stretch of memory as /proc/self/maps has it. */
struct Mapping {
  uintptr_t start = 0;
  uintptr_t end = 0;
  /** Of its first byte, in its file. */
  uint64_t offset = 0;
  /** The file behind it; device 0:0 and inode 0 where there is none. */
  uint64_t device = 0;
  uint64_t inode = 0;
};

/** Calls back for each mapping until it answers false. False if the kernel tells nothing. */
bool ForEachMapping(bool (*visit)(const Mapping& mapping, void* context), void* context);

/** The mapping that an address lies in; false if there is none. */
bool FindMapping(uintptr_t address, Mapping* found);

/** A device number as /proc/self/maps shows it. */
uint64_t DeviceOf(unsigned major, unsigned minor);

}  // namespace weir
