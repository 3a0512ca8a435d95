#include "crc32.h"

#if defined(__x86_64__)
// GCC 12 warns of its own intrinsics, which leave undefined what is never looked at.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#endif

namespace weir {
namespace {

/** The polynomial, its bits reversed, the highest left out. */
constexpr uint32_t kPolynomial = 0xedb88320;
/** Bytes of one register, and of the four that are folded at a time. */
constexpr size_t kLane = 64;
constexpr size_t kStride = 4 * kLane;

struct Table {
  uint32_t of[256];

  constexpr Table() : of() {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = byte;
      for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
      of[byte] = crc;
    }
  }
};

constexpr Table kTable;

/** Of the inverted state. */
uint32_t ByBytes(const uint8_t* bytes, size_t length, uint32_t state) {
  for (size_t at = 0; at < length; at++) state = (state >> 8) ^ kTable.of[(state ^ bytes[at]) & 0xff];
  return state;
}

#if defined(__x86_64__)

/** x to the power of `exponent` modulo the polynomial, bits reversed, in the place where a product without carries needs it. */
constexpr uint64_t PowerOfX(unsigned exponent) {
  uint32_t power = 0x80000000;
  for (unsigned step = 0; step < exponent; step++) power = (power >> 1) ^ ((power & 1) != 0 ? kPolynomial : 0);
  return static_cast<uint64_t>(power) << 1;
}

/** What moves 128 bits by so many bits: for their first half, and for their second. */
struct Fold {
  uint64_t first;
  uint64_t second;
};

constexpr Fold By(unsigned bits) { return {PowerOfX(bits + 32), PowerOfX(bits - 32)}; }

#define WEIR_WIDE __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.1")))

WEIR_WIDE inline __m512i Folded(__m512i lane, __m512i next, __m512i by) {
  const __m512i first = _mm512_clmulepi64_epi128(lane, by, 0x00);
  const __m512i second = _mm512_clmulepi64_epi128(lane, by, 0x11);
  return _mm512_ternarylogic_epi64(first, second, next, 0x96);
}

WEIR_WIDE inline __m128i FoldedPart(__m128i part, Fold fold) {
  const __m128i by = _mm_set_epi64x(static_cast<long long>(fold.second), static_cast<long long>(fold.first));
  return _mm_xor_si128(_mm_clmulepi64_si128(part, by, 0x00), _mm_clmulepi64_si128(part, by, 0x11));
}

WEIR_WIDE inline __m512i Wide(Fold fold) {
  return _mm512_broadcast_i32x4(
      _mm_set_epi64x(static_cast<long long>(fold.second), static_cast<long long>(fold.first)));
}

/** Of the inverted state, and of whole strides. What is left of them in the end has 16 bytes, and goes the way of all bytes. */
WEIR_WIDE uint32_t ByStrides(const uint8_t* bytes, size_t strides, uint32_t state) {
  constexpr Fold kByStride = By(8 * kStride);
  constexpr Fold kByLane = By(8 * kLane);
  __m512i lanes[4];
  for (size_t at = 0; at < 4; at++) lanes[at] = _mm512_loadu_si512(bytes + at * kLane);
  lanes[0] = _mm512_xor_si512(lanes[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(state))));
  const __m512i by = Wide(kByStride);
  for (size_t stride = 1; stride < strides; stride++) {
    bytes += kStride;
    for (size_t at = 0; at < 4; at++) lanes[at] = Folded(lanes[at], _mm512_loadu_si512(bytes + at * kLane), by);
  }
  const __m512i byLane = Wide(kByLane);
  for (size_t at = 1; at < 4; at++) lanes[at] = Folded(lanes[at - 1], lanes[at], byLane);
  constexpr Fold kByParts[] = {By(384), By(256), By(128)};
  __m128i rest = _mm512_extracti32x4_epi32(lanes[3], 3);
  rest = _mm_xor_si128(rest, FoldedPart(_mm512_extracti32x4_epi32(lanes[3], 0), kByParts[0]));
  rest = _mm_xor_si128(rest, FoldedPart(_mm512_extracti32x4_epi32(lanes[3], 1), kByParts[1]));
  rest = _mm_xor_si128(rest, FoldedPart(_mm512_extracti32x4_epi32(lanes[3], 2), kByParts[2]));
  alignas(16) uint8_t left[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(left), rest);
  return ByBytes(left, sizeof left, 0);
}

#undef WEIR_WIDE

bool Detect() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("vpclmulqdq") != 0 && __builtin_cpu_supports("pclmul") != 0;
}

#else

uint32_t ByStrides(const uint8_t* bytes, size_t strides, uint32_t state) {
  return ByBytes(bytes, strides * kStride, state);
}

bool Detect() { return false; }

#endif

}  // namespace

bool HasFastCrc32() {
  static const bool has = Detect();
  return has;
}

uint32_t Crc32(const uint8_t* bytes, size_t length, uint32_t crc) {
  uint32_t state = ~crc;
  const size_t strides = HasFastCrc32() ? length / kStride : 0;
  if (strides > 0) state = ByStrides(bytes, strides, state);
  return ~ByBytes(bytes + strides * kStride, length - strides * kStride, state);
}

}  // namespace weir
