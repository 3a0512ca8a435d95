#include "receiver.h"

#include <netinet/udp.h>

#include <cerrno>
#include <cstring>

namespace weir {
namespace {

/** Calls that may fail in a row, before the event loop has another turn. */
constexpr int kTriesMax = 8;

/** What the kernel told beside the bytes. */
struct Details {
  Address to;
  size_t segment = 0;
};

Details ReadDetails(msghdr* header) {
  Details details;
  for (cmsghdr* part = CMSG_FIRSTHDR(header); part != nullptr; part = CMSG_NXTHDR(header, part)) {
    if (part->cmsg_level == SOL_UDP && part->cmsg_type == UDP_GRO) {
      int segment;
      std::memcpy(&segment, CMSG_DATA(part), sizeof(segment));
      if (segment > 0) details.segment = static_cast<size_t>(segment);
    } else if (part->cmsg_level == SOL_IP && part->cmsg_type == IP_ORIGDSTADDR) {
      sockaddr_in to;
      std::memcpy(&to, CMSG_DATA(part), sizeof(to));
      details.to = FromIpv4(to.sin_addr, ntohs(to.sin_port));
    } else if (part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_ORIGDSTADDR) {
      sockaddr_in6 to;
      std::memcpy(&to, CMSG_DATA(part), sizeof(to));
      details.to = FromIpv6(to.sin6_addr, ntohs(to.sin6_port), to.sin6_scope_id);
    }
  }
  return details;
}

void Append(Napi::Env env, Napi::Array* array, Napi::Value value) {
  if (array->IsEmpty()) *array = Napi::Array::New(env);
  array->Set(array->Length(), value);
}

}  // namespace

size_t Receiver::Receive(int fd, Napi::Env env, Napi::Array* slabs, Napi::Array* fresh) {
  Prepare();
  const int count = Take(fd, MSG_DONTWAIT);
  for (size_t index = 0; index < static_cast<size_t>(count); index++) {
    uint32_t* record = records_ + index * kReceivedWords;
    const size_t bytes = headers_[index].msg_len;
    Describe(index, bytes, record, env, fresh);
    Keep(scratch_.get() + index * kMessageBytes, bytes, record, env, slabs);
  }
  return static_cast<size_t>(count);
}

size_t Receiver::Discard(int fd) {
  size_t datagrams = 0;
  for (int calls = 0; calls < kDiscardsMax; calls++) {
    Prepare();
    for (iovec& piece : pieces_) piece.iov_len = 0;
    // The kernel tells how long a message was, of which it copies nothing.
    const int count = Take(fd, MSG_DONTWAIT | MSG_TRUNC);
    if (count == 0) break;
    for (int index = 0; index < count; index++) {
      const size_t bytes = headers_[index].msg_len;
      const size_t segment = ReadDetails(&headers_[index].msg_hdr).segment;
      datagrams += segment == 0 || bytes == 0 ? 1 : (bytes + segment - 1) / segment;
    }
  }
  return datagrams;
}

/** One recvmmsg. Returns how many messages came. */
int Receiver::Take(int fd, int flags) {
  // An ICMP error that waits is told instead of a datagram, once; the error queue has it, too.
  for (int tries = 0; tries < kTriesMax; tries++) {
    const int count = recvmmsg(fd, headers_, kMessages, flags, nullptr);
    if (count >= 0) return count;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
  }
  return 0;
}

void Receiver::Prepare() {
  for (size_t index = 0; index < kMessages; index++) {
    pieces_[index] = {scratch_.get() + index * kMessageBytes, kMessageBytes};
    msghdr& header = headers_[index].msg_hdr;
    header.msg_name = &names_[index];
    header.msg_namelen = sizeof(names_[index]);
    header.msg_iov = &pieces_[index];
    header.msg_iovlen = 1;
    header.msg_control = controls_[index];
    header.msg_controllen = kControlBytes;
    header.msg_flags = 0;
  }
}

void Receiver::Describe(size_t index, size_t bytes, uint32_t* record, Napi::Env env, Napi::Array* fresh) {
  const Details details = ReadDetails(&headers_[index].msg_hdr);
  const Address from = FromSockaddr(names_[index]);
  bool freshFrom;
  bool freshTo = false;
  record[kReceivedBytes] = static_cast<uint32_t>(bytes);
  record[kReceivedSegment] = static_cast<uint32_t>(details.segment == 0 ? bytes : details.segment);
  record[kReceivedFrom] = slots_.SlotOf(from, &freshFrom);
  NameAddress(from, freshFrom, env, fresh);
  record[kReceivedFlags] = freshFrom ? static_cast<uint32_t>(kFreshFrom) : 0;
  if (details.to.family == 0) {
    record[kReceivedFlags] |= kNoTo;
    return;
  }
  record[kReceivedTo] = slots_.SlotOf(details.to, &freshTo);
  NameAddress(details.to, freshTo, env, fresh);
  if (freshTo) record[kReceivedFlags] |= kFreshTo;
}

void Receiver::NameAddress(const Address& address, bool isFresh, Napi::Env env, Napi::Array* fresh) {
  if (!isFresh) return;
  Append(env, fresh, Napi::String::New(env, IpText(address)));
  Append(env, fresh, Napi::Number::New(env, address.port));
}

void Receiver::Keep(const uint8_t* from, size_t bytes, uint32_t* record, Napi::Env env, Napi::Array* slabs) {
  if (slabData_ == nullptr || slabUsed_ + bytes > kSlabBytes) {
    // Not zeroed: every byte that JavaScript is shown was written before.
    auto slab = Napi::Buffer<uint8_t>::New(env, kSlabBytes);
    slabData_ = slab.Data();
    slabUsed_ = 0;
    slab_ = Napi::Persistent(slab);
    Append(env, slabs, slab);
    record[kReceivedFlags] |= kFreshSlab;
  }
  std::memcpy(slabData_ + slabUsed_, from, bytes);
  record[kReceivedOffset] = static_cast<uint32_t>(slabUsed_);
  slabUsed_ += bytes;
}

}  // namespace weir
