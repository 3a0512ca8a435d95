#include "open.h"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "wishes.h"

namespace weir {
namespace {

/** The upper bits of a channel ID that tell a socket's number. */
constexpr uint32_t kSteeringBits = 4;
constexpr int kSteeredMax = 1 << kSteeringBits;

/** How often an unanswered connection is tried again: with 1, 2, 4 and 8 s between, 15 s at most. */
constexpr int kSynRetries = 3;

void ReceiveWithDetails(Napi::Env env, int fd, bool six) {
  // An IPv6 wildcard gets IPv4 datagrams, whose details are asked for at IPv4's level.
  Check(env, SetOption(fd, SOL_IP, IP_RECVORIGDSTADDR, 1), "IP_RECVORIGDSTADDR");
  Check(env, SetOption(fd, SOL_IP, IP_RECVERR, 1), "IP_RECVERR");
  if (six) {
    Check(env, SetOption(fd, SOL_IPV6, IPV6_RECVORIGDSTADDR, 1), "IPV6_RECVORIGDSTADDR");
    Check(env, SetOption(fd, SOL_IPV6, IPV6_RECVERR, 1), "IPV6_RECVERR");
  }
  // Kernels before 5.0 do not have it: they deliver datagrams one by one.
  SetOption(fd, SOL_UDP, UDP_GRO, 1);
}

/**
 * Chooses a socket of the group for each datagram: by the first word of the payload, the channel ID, whose upper bits are a
 * position in the group. A HANDSHAKE that opens a channel names channel 0: the hash that the receiving device computed
 * spreads those, and where there is none it is 0. A datagram too short for the word, and a number beyond the group, go to
 * position 0.
 *
 * The program is the group's, not the socket's: the last that was attached counts. It sees the payload alone.
 */
void Steer(Napi::Env env, int fd, int among) {
  if (among < 1 || among > kSteeredMax) throw SystemError(env, EINVAL, "steerAmong");
  const auto count = static_cast<uint32_t>(among);
  sock_filter choose[] = {
      // A read beyond the payload's end ends the program with 0.
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_RXHASH)),
      BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, count),
      BPF_STMT(BPF_RET | BPF_A, 0),
      BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 32 - kSteeringBits),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, count, 1, 0),
      BPF_STMT(BPF_RET | BPF_A, 0),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog program{sizeof(choose) / sizeof(choose[0]), choose};
  const int result = setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program));
  Check(env, result, "SO_ATTACH_REUSEPORT_CBPF");
}

/** A TCP socket that is bound, and has its port. */
int BoundClient(Napi::Env env, const Wanted& wanted) {
  const int family = wanted.address.family == 6 ? AF_INET6 : AF_INET;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  ChooseFamilies(env, socket.fd(), wanted);
  Prepare(env, socket.fd(), wanted);
  Check(env, SetOption(socket.fd(), SOL_TCP, TCP_SYNCNT, kSynRetries), "TCP_SYNCNT");
  Bind(env, socket.fd(), wanted);
  return socket.Release();
}

Address NameOfSocket(Napi::Env env, int fd) {
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  Check(env, getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length), "getsockname");
  return FromSockaddr(name);
}

}  // namespace

Napi::Value OpenUdp(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = ReadWanted(info);
  const bool six = wanted.address.family == 6;
  Descriptor socket(::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  ChooseFamilies(env, socket.fd(), wanted);
  Prepare(env, socket.fd(), wanted);
  if (wanted.sendOnly) {
    // It lends its address to what is sent, and several may have one address.
    DropAll(env, socket.fd());
    Check(env, SetOption(socket.fd(), SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
  } else {
    ReceiveWithDetails(env, socket.fd(), six);
  }
  if (wanted.bufferBytes > 0) EnlargeBuffers(socket.fd(), wanted.bufferBytes);
  Bind(env, socket.fd(), wanted);
  if (wanted.steerAmong != 0) Steer(env, socket.fd(), wanted.steerAmong);
  return Napi::Number::New(env, socket.Release());
}

Napi::Value OpenTcp(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = ReadWanted(info);
  const int family = wanted.address.family == 6 ? AF_INET6 : AF_INET;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  // As every server: connections of one before it, still closing, must not keep the port.
  Check(env, SetOption(socket.fd(), SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
  ChooseFamilies(env, socket.fd(), wanted);
  Prepare(env, socket.fd(), wanted);
  Bind(env, socket.fd(), wanted);
  Check(env, listen(socket.fd(), wanted.backlog), "listen");
  return Napi::Number::New(env, socket.Release());
}

Napi::Value ConnectTcp(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = ReadWanted(info);
  if (wanted.to.family == 0 || wanted.to.family != wanted.address.family) throw SystemError(env, EAFNOSUPPORT, "connect");
  Descriptor first(BoundClient(env, wanted));
  const bool unwanted = wanted.avoidPort != 0 && NameOfSocket(env, first.fd()).port == wanted.avoidPort;
  // While the first is open, a second cannot have its port.
  Descriptor socket(unwanted ? BoundClient(env, wanted) : first.Release());
  sockaddr_storage name;
  const socklen_t length = NameOf(wanted.to, wanted, &name);
  const int result = connect(socket.fd(), reinterpret_cast<sockaddr*>(&name), length);
  if (result < 0 && errno != EINPROGRESS) throw SystemError(env, errno, "connect");
  return Napi::Number::New(env, socket.Release());
}

Napi::Value CloseSocket(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsNumber()) throw Napi::TypeError::New(env, "fd is missing");
  Check(env, close(info[0].As<Napi::Number>().Int32Value()), "close");
  return env.Undefined();
}

Napi::Value LocalAddress(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsNumber()) throw Napi::TypeError::New(env, "fd is missing");
  const Address address = NameOfSocket(env, info[0].As<Napi::Number>().Int32Value());
  Napi::Object result = Napi::Object::New(env);
  result.Set("ip", IpText(address));
  result.Set("port", address.port);
  return result;
}

Napi::Value EncodeAddress(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Address address;
  if (info.Length() < 4 || !ParseIp(info[0].As<Napi::String>(), &address)) return Napi::Boolean::New(env, false);
  address.port = info[1].As<Napi::Number>().Uint32Value();
  auto words = info[2].As<Napi::Uint32Array>();
  const size_t at = info[3].As<Napi::Number>().Uint32Value();
  if (at + kAddressWords > words.ElementLength()) throw Napi::RangeError::New(env, "no room for an address");
  std::memcpy(words.Data() + at, &address, sizeof(address));
  return Napi::Boolean::New(env, true);
}

}  // namespace weir
