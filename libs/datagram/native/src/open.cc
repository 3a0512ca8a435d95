#include "open.h"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "address.h"

namespace weir {
namespace {

/** What JavaScript asked for. */
struct Wanted {
  Address address;
  /** Of a TCP client: whom it connects to. */
  Address to;
  bool transparent;
  bool reusePort;
  bool sendOnly;
  int mark;
  int dscp;
  int bufferBytes;
  int backlog;
  int steerAmong;
};

/** The upper bits of a channel ID that tell a socket's number. */
constexpr uint32_t kSteeringBits = 4;
constexpr int kSteeredMax = 1 << kSteeringBits;

/** How often an unanswered connection is tried again: with 1, 2, 4 and 8 s between, 15 s at most. */
constexpr int kSynRetries = 3;

/** Closes the descriptor unless it is released: opening fails in many places. */
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }
  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

Napi::Error SystemError(Napi::Env env, int error, const char* what) {
  Napi::Error result = Napi::Error::New(env, std::string(what) + ": " + std::strerror(error));
  result.Set("code", Napi::String::New(env, uv_err_name(-error)));
  result.Set("syscall", Napi::String::New(env, what));
  return result;
}

void Check(Napi::Env env, int result, const char* what) {
  if (result < 0) throw SystemError(env, errno, what);
}

int Set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof(value)); }

int Number(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  return value.IsNumber() ? value.As<Napi::Number>().Int32Value() : 0;
}

bool Flag(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

Address ReadAddress(const Napi::Object& named) {
  Address address;
  const Napi::Value ip = named.Get("ip");
  if (!ip.IsString() || !ParseIp(ip.As<Napi::String>(), &address)) throw SystemError(named.Env(), EINVAL, "address");
  address.port = static_cast<uint32_t>(Number(named, "port"));
  return address;
}

Wanted Read(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsObject()) throw Napi::TypeError::New(env, "options are missing");
  const auto options = info[0].As<Napi::Object>();
  Wanted wanted{};
  wanted.address = ReadAddress(options);
  const Napi::Value to = options.Get("to");
  if (to.IsObject()) wanted.to = ReadAddress(to.As<Napi::Object>());
  wanted.transparent = Flag(options, "transparent");
  wanted.reusePort = Flag(options, "reusePort");
  wanted.sendOnly = Flag(options, "sendOnly");
  wanted.mark = Number(options, "mark");
  wanted.dscp = Number(options, "dscp");
  wanted.bufferBytes = Number(options, "bufferBytes");
  wanted.backlog = Number(options, "backlog");
  wanted.steerAmong = Number(options, "steerAmong");
  return wanted;
}

bool IsWildcard(const Address& address) {
  return (address.ip[0] | address.ip[1] | address.ip[2] | address.ip[3]) == 0;
}

/** What UDP and TCP sockets have in common. */
void Prepare(Napi::Env env, int fd, const Wanted& wanted) {
  const bool six = wanted.address.family == 6;
  // The IPv6 wildcard serves IPv4 as well; any other IPv6 address says that it does not speak IPv4.
  if (six) Check(env, Set(fd, SOL_IPV6, IPV6_V6ONLY, IsWildcard(wanted.address) ? 0 : 1), "IPV6_V6ONLY");
  if (wanted.reusePort) Check(env, Set(fd, SOL_SOCKET, SO_REUSEPORT, 1), "SO_REUSEPORT");
  if (wanted.transparent) {
    Check(env, Set(fd, SOL_IP, IP_TRANSPARENT, 1), "IP_TRANSPARENT");
    if (six) Check(env, Set(fd, SOL_IPV6, IPV6_TRANSPARENT, 1), "IPV6_TRANSPARENT");
  }
  if (wanted.mark != 0) Check(env, Set(fd, SOL_SOCKET, SO_MARK, wanted.mark), "SO_MARK");
  if (wanted.dscp != 0) {
    // The upper six bits of the octet; the lower two are for congestion notification.
    Check(env, Set(fd, SOL_IP, IP_TOS, wanted.dscp << 2), "IP_TOS");
    if (six) Check(env, Set(fd, SOL_IPV6, IPV6_TCLASS, wanted.dscp << 2), "IPV6_TCLASS");
  }
}

/** An address in the form that the socket's family has. */
socklen_t NameOf(const Address& address, const Wanted& wanted, sockaddr_storage* name) {
  return ToSockaddr(address, wanted.address.family == 6 ? AF_INET6 : AF_INET, name);
}

void Bind(Napi::Env env, int fd, const Wanted& wanted) {
  sockaddr_storage name;
  const socklen_t length = NameOf(wanted.address, wanted, &name);
  Check(env, bind(fd, reinterpret_cast<sockaddr*>(&name), length), "bind");
}

/** Best effort: beyond the system's limit with CAP_NET_ADMIN, else up to it. */
void EnlargeBuffers(int fd, int bytes) {
  if (Set(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0) Set(fd, SOL_SOCKET, SO_RCVBUF, bytes);
  if (Set(fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes) < 0) Set(fd, SOL_SOCKET, SO_SNDBUF, bytes);
}

void ReceiveWithDetails(Napi::Env env, int fd, bool six) {
  // An IPv6 wildcard gets IPv4 datagrams, whose details are asked for at IPv4's level.
  Check(env, Set(fd, SOL_IP, IP_RECVORIGDSTADDR, 1), "IP_RECVORIGDSTADDR");
  Check(env, Set(fd, SOL_IP, IP_RECVERR, 1), "IP_RECVERR");
  if (six) {
    Check(env, Set(fd, SOL_IPV6, IPV6_RECVORIGDSTADDR, 1), "IPV6_RECVORIGDSTADDR");
    Check(env, Set(fd, SOL_IPV6, IPV6_RECVERR, 1), "IPV6_RECVERR");
  }
  // Kernels before 5.0 do not have it: they deliver datagrams one by one.
  Set(fd, SOL_UDP, UDP_GRO, 1);
}

/**
 * A socket that lends its address to what is sent, and several of which may have one address. What arrives there is
 * dropped before it takes memory: nobody reads it.
 */
void SendOnly(Napi::Env env, int fd) {
  sock_filter drop[] = {{BPF_RET | BPF_K, 0, 0, 0}};
  const sock_fprog program{1, drop};
  Check(env, setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), "SO_ATTACH_FILTER");
  Check(env, Set(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
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

}  // namespace

Napi::Value OpenUdp(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = Read(info);
  const bool six = wanted.address.family == 6;
  Descriptor socket(::socket(six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  Prepare(env, socket.fd(), wanted);
  if (wanted.sendOnly) {
    SendOnly(env, socket.fd());
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
  const Wanted wanted = Read(info);
  const int family = wanted.address.family == 6 ? AF_INET6 : AF_INET;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  // As every server: connections of one before it, still closing, must not keep the port.
  Check(env, Set(socket.fd(), SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
  Prepare(env, socket.fd(), wanted);
  Bind(env, socket.fd(), wanted);
  Check(env, listen(socket.fd(), wanted.backlog), "listen");
  return Napi::Number::New(env, socket.Release());
}

Napi::Value ConnectTcp(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Wanted wanted = Read(info);
  if (wanted.to.family == 0 || wanted.to.family != wanted.address.family) throw SystemError(env, EAFNOSUPPORT, "connect");
  const int family = wanted.address.family == 6 ? AF_INET6 : AF_INET;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Check(env, socket.fd(), "socket");
  Prepare(env, socket.fd(), wanted);
  // A port is chosen when the destination is known: many connections to different ones can share it.
  if (wanted.address.port == 0) {
    Check(env, Set(socket.fd(), SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1), "IP_BIND_ADDRESS_NO_PORT");
  }
  Check(env, Set(socket.fd(), SOL_TCP, TCP_SYNCNT, kSynRetries), "TCP_SYNCNT");
  Bind(env, socket.fd(), wanted);
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
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  const int fd = info[0].As<Napi::Number>().Int32Value();
  Check(env, getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length), "getsockname");
  const Address address = FromSockaddr(name);
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
