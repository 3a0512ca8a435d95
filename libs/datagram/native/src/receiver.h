// Hot path: datagrams from the kernel into memory of JavaScript's, many to a system call.
#pragma once

#include <napi.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "address.h"

namespace weir {

/** Words of a record: one for each message of the kernel's, which is a datagram, or with UDP_GRO a train of them. */
enum ReceivedWord : size_t {
  kReceivedOffset,   // in the slab
  kReceivedBytes,    // of the whole message
  kReceivedSegment,  // bytes of each datagram but the last, which may be shorter
  kReceivedFrom,     // slot of the sender's address
  kReceivedTo,       // slot of the address it was meant for
  kReceivedFlags,
  kReceivedWords,
};

enum ReceivedFlag : uint32_t {
  /** The next two entries of `fresh` are IP and port of the sender's slot. */
  kFreshFrom = 1,
  /** The next two entries of `fresh` are IP and port of the slot of the address it was meant for. */
  kFreshTo = 2,
  /** The bytes are in the next entry of `slabs`. */
  kFreshSlab = 4,
  /** The kernel told no address that it was meant for. */
  kNoTo = 8,
};

class Receiver {
 public:
  /** Messages of one system call. */
  static constexpr size_t kMessages = 32;
  /** Datagrams share their memory with neighbours; whoever keeps one keeps this much. */
  static constexpr size_t kSlabBytes = 65536;

  explicit Receiver(uint32_t* records) : records_(records), scratch_(new uint8_t[kMessages * kMessageBytes]) {}

  /**
   * One recvmmsg. Returns how many messages came, of which the records tell; 0 when none waits. New slabs and addresses
   * are added to the arrays, which are made when there is the first entry.
   */
  size_t Receive(int fd, Napi::Env env, Napi::Array* slabs, Napi::Array* fresh);

  /** Drops what waits in the kernel, unread, and returns how many datagrams that were. */
  size_t Discard(int fd);

 private:
  /**
   * Calls of recvmmsg that discard at most: 65,536 messages, several times what the largest buffer holds, so that all that
   * waited is gone; what arrives meanwhile, however fast, does not hold us for ever.
   */
  static constexpr int kDiscardsMax = 2048;

  /** The largest message: UDP knows no longer one, and UDP_GRO makes none. */
  static constexpr size_t kMessageBytes = 65536;
  static constexpr size_t kControlBytes = 256;

  void Prepare();
  int Take(int fd, int flags);
  void Describe(size_t index, size_t bytes, uint32_t* record, Napi::Env env, Napi::Array* fresh);
  void NameAddress(const Address& address, bool isFresh, Napi::Env env, Napi::Array* fresh);
  void Keep(const uint8_t* from, size_t bytes, uint32_t* record, Napi::Env env, Napi::Array* slabs);

  uint32_t* records_;
  AddressSlots slots_;
  std::unique_ptr<uint8_t[]> scratch_;
  mmsghdr headers_[kMessages];
  iovec pieces_[kMessages];
  sockaddr_storage names_[kMessages];
  alignas(cmsghdr) uint8_t controls_[kMessages][kControlBytes];
  Napi::Reference<Napi::Buffer<uint8_t>> slab_;
  uint8_t* slabData_ = nullptr;
  size_t slabUsed_ = kSlabBytes;
};

}  // namespace weir
