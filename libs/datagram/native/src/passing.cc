#include "passing.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "wishes.h"

namespace weir {
namespace {

/** What UDP can carry with its header. */
constexpr size_t kUdpBytesMax = 65535;
/** Times that a datagram is tried whose predecessor an ICMP message speaks of. */
constexpr int kTriesMax = 3;

/** Sum of 16-bit words, the last perhaps half of one. */
uint64_t Sum(const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  uint64_t sum = 0;
  for (; bytes >= 2; at += 2, bytes -= 2) {
    uint16_t word;
    std::memcpy(&word, at, sizeof(word));
    sum += word;
  }
  if (bytes > 0) {
    uint16_t word = 0;
    std::memcpy(&word, at, 1);
    sum += word;
  }
  return sum;
}

/** The checksum of a UDP datagram over IPv4: of its addresses, its header and its payload (RFC 768). */
uint16_t ChecksumOf(const Address& from, const Address& to, const udphdr& header, const uint8_t* bytes, size_t length) {
  uint64_t sum = Sum(from.ip, 4) + Sum(to.ip, 4) + htons(IPPROTO_UDP) + header.len;
  sum += Sum(&header, sizeof(header)) + Sum(bytes, length);
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  const auto checksum = static_cast<uint16_t>(~sum);
  // 0 would say that there is none.
  return checksum == 0 ? 0xffff : checksum;
}

/** One packet for the kernel, which makes its IP header and, for IPv6, its checksum. */
struct Packet {
  sockaddr_storage name;
  udphdr header;
  iovec pieces[2];
  alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(in6_pktinfo))];
  msghdr message;

  Packet(const Address& from, Address to, uint8_t* bytes, size_t length);

 private:
  void LeaveFrom(const Address& from);
  template <typename Source>
  void Attach(int level, int type, const Source& source);
};

Packet::Packet(const Address& from, Address to, uint8_t* bytes, size_t length) : name{}, header{}, control{}, message{} {
  header.source = htons(static_cast<uint16_t>(from.port));
  header.dest = htons(static_cast<uint16_t>(to.port));
  header.len = htons(static_cast<uint16_t>(sizeof(header) + length));
  if (to.family == 4) header.check = ChecksumOf(from, to, header, bytes, length);
  // Of a raw socket's name, the port means something else.
  to.port = 0;
  message.msg_namelen = ToSockaddr(to, to.family == 6 ? AF_INET6 : AF_INET, &name);
  message.msg_name = &name;
  pieces[0] = {&header, sizeof(header)};
  pieces[1] = {bytes, length};
  message.msg_iov = pieces;
  message.msg_iovlen = length > 0 ? 2 : 1;
  LeaveFrom(from);
}

void Packet::LeaveFrom(const Address& from) {
  if (from.family == 4) {
    in_pktinfo source{};
    std::memcpy(&source.ipi_spec_dst, from.ip, sizeof(source.ipi_spec_dst));
    Attach(SOL_IP, IP_PKTINFO, source);
  } else {
    in6_pktinfo source{};
    std::memcpy(&source.ipi6_addr, from.ip, sizeof(source.ipi6_addr));
    Attach(SOL_IPV6, IPV6_PKTINFO, source);
  }
}

template <typename Source>
void Packet::Attach(int level, int type, const Source& source) {
  auto* part = reinterpret_cast<cmsghdr*>(control);
  part->cmsg_level = level;
  part->cmsg_type = type;
  part->cmsg_len = CMSG_LEN(sizeof(source));
  std::memcpy(CMSG_DATA(part), &source, sizeof(source));
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(sizeof(source));
}

int Send(int fd, const Address& from, const Address& to, uint8_t* bytes, size_t length) {
  if (from.family != to.family || (to.family != 4 && to.family != 6)) return EAFNOSUPPORT;
  if (length + sizeof(udphdr) > kUdpBytesMax) return EMSGSIZE;
  const Packet packet(from, to, bytes, length);
  int error = 0;
  for (int tries = 0; tries < kTriesMax; tries++) {
    if (sendmsg(fd, &packet.message, MSG_DONTWAIT) >= 0) return 0;
    error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) break;
  }
  return error;
}

}  // namespace

Napi::Function PassingSocket::Define(Napi::Env env) {
  return DefineClass(env, "PassingSocket",
                     {InstanceMethod<&PassingSocket::Pass>("pass"), InstanceMethod<&PassingSocket::Close>("close")});
}

PassingSocket::PassingSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<PassingSocket>(info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = ReadWanted(info);
  const bool six = wanted.address.family == 6;
  Descriptor socket(::socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP));
  Check(env, socket.fd(), "socket");
  // Before it is bound: not one datagram of others' is copied to it.
  DropAll(env, socket.fd());
  Prepare(env, socket.fd(), wanted);
  if (six) Check(env, SetOption(socket.fd(), SOL_RAW, IPV6_CHECKSUM, offsetof(udphdr, check)), "IPV6_CHECKSUM");
  if (wanted.bufferBytes > 0) EnlargeBuffers(socket.fd(), wanted.bufferBytes);
  Bind(env, socket.fd(), wanted);
  fd_ = socket.Release();
}

PassingSocket::~PassingSocket() { End(); }

Napi::Value PassingSocket::Pass(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 2 || !info[0].IsTypedArray() || !info[1].IsTypedArray()) {
    throw Napi::TypeError::New(env, "words or bytes are missing");
  }
  auto words = info[0].As<Napi::Uint32Array>();
  auto bytes = info[1].As<Napi::Uint8Array>();
  if (words.ByteLength() < 2 * sizeof(Address)) throw Napi::RangeError::New(env, "words are too few");
  Address from;
  Address to;
  std::memcpy(&from, words.Data(), sizeof(from));
  std::memcpy(&to, words.Data() + kAddressWords, sizeof(to));
  return Napi::Number::New(env, fd_ < 0 ? EBADF : Send(fd_, from, to, bytes.Data(), bytes.ByteLength()));
}

Napi::Value PassingSocket::Close(const Napi::CallbackInfo& info) {
  End();
  return info.Env().Undefined();
}

void PassingSocket::End() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

}  // namespace weir
