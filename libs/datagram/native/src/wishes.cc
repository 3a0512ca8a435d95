#include "wishes.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <uv.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace weir {
namespace {

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

bool IsWildcard(const Address& address) {
  return (address.ip[0] | address.ip[1] | address.ip[2] | address.ip[3]) == 0;
}

}  // namespace

Napi::Error SystemError(Napi::Env env, int error, const char* what) {
  Napi::Error result = Napi::Error::New(env, std::string(what) + ": " + std::strerror(error));
  result.Set("code", Napi::String::New(env, uv_err_name(-error)));
  result.Set("syscall", Napi::String::New(env, what));
  return result;
}

void Check(Napi::Env env, int result, const char* what) {
  if (result < 0) throw SystemError(env, errno, what);
}

int SetOption(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof(value)); }

Wanted ReadWanted(const Napi::CallbackInfo& info) {
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
  wanted.avoidPort = static_cast<uint32_t>(Number(options, "avoidPort"));
  return wanted;
}

void ChooseFamilies(Napi::Env env, int fd, const Wanted& wanted) {
  if (wanted.address.family != 6) return;
  Check(env, SetOption(fd, SOL_IPV6, IPV6_V6ONLY, IsWildcard(wanted.address) ? 0 : 1), "IPV6_V6ONLY");
}

void Prepare(Napi::Env env, int fd, const Wanted& wanted) {
  const bool six = wanted.address.family == 6;
  if (wanted.reusePort) Check(env, SetOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), "SO_REUSEPORT");
  if (wanted.transparent) {
    // An IPv6 socket has one flag for both families.
    const int result = six ? SetOption(fd, SOL_IPV6, IPV6_TRANSPARENT, 1) : SetOption(fd, SOL_IP, IP_TRANSPARENT, 1);
    Check(env, result, "IP_TRANSPARENT");
    // Who finds a packet too large tells the address that it seems to come from, not us: so it is cut on its way instead.
    if (!six) Check(env, SetOption(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT), "IP_MTU_DISCOVER");
  }
  if (wanted.mark != 0) Check(env, SetOption(fd, SOL_SOCKET, SO_MARK, wanted.mark), "SO_MARK");
  if (wanted.dscp != 0) {
    // The upper six bits of the octet; the lower two are for congestion notification.
    Check(env, SetOption(fd, SOL_IP, IP_TOS, wanted.dscp << 2), "IP_TOS");
    if (six) Check(env, SetOption(fd, SOL_IPV6, IPV6_TCLASS, wanted.dscp << 2), "IPV6_TCLASS");
  }
}

socklen_t NameOf(const Address& address, const Wanted& wanted, sockaddr_storage* name) {
  return ToSockaddr(address, wanted.address.family == 6 ? AF_INET6 : AF_INET, name);
}

void Bind(Napi::Env env, int fd, const Wanted& wanted) {
  sockaddr_storage name;
  const socklen_t length = NameOf(wanted.address, wanted, &name);
  Check(env, bind(fd, reinterpret_cast<sockaddr*>(&name), length), "bind");
}

void EnlargeBuffers(int fd, int bytes) {
  if (SetOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0) SetOption(fd, SOL_SOCKET, SO_RCVBUF, bytes);
  if (SetOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, bytes) < 0) SetOption(fd, SOL_SOCKET, SO_SNDBUF, bytes);
}

void DropAll(Napi::Env env, int fd) {
  sock_filter drop[] = {{BPF_RET | BPF_K, 0, 0, 0}};
  const sock_fprog program{1, drop};
  Check(env, setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), "SO_ATTACH_FILTER");
}

}  // namespace weir
