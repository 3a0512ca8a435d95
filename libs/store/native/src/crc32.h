// CRC-32 as zlib's, several times as fast where the processor multiplies without carries, 512 bits at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/** False where `Crc32` cannot be used. */
bool HasFastCrc32();

/** Goes on from `crc`, 0 at first. */
uint32_t Crc32(const uint8_t* bytes, size_t length, uint32_t crc);

}  // namespace weir
