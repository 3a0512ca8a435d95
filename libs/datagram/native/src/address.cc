#include "address.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <cstdlib>
#include <cstring>

namespace weir {

socklen_t ToSockaddr(const Address& address, int socketFamily, sockaddr_storage* out) {
  std::memset(out, 0, sizeof(*out));
  if (socketFamily == AF_INET) {
    auto* to = reinterpret_cast<sockaddr_in*>(out);
    to->sin_family = AF_INET;
    to->sin_port = htons(static_cast<uint16_t>(address.port));
    std::memcpy(&to->sin_addr, address.ip, sizeof(to->sin_addr));
    return sizeof(*to);
  }
  auto* to = reinterpret_cast<sockaddr_in6*>(out);
  to->sin6_family = AF_INET6;
  to->sin6_port = htons(static_cast<uint16_t>(address.port));
  to->sin6_scope_id = address.scope;
  if (address.family == 4) {
    to->sin6_addr.s6_addr[10] = to->sin6_addr.s6_addr[11] = 0xff;
    std::memcpy(to->sin6_addr.s6_addr + 12, address.ip, 4);
  } else {
    std::memcpy(&to->sin6_addr, address.ip, sizeof(to->sin6_addr));
  }
  return sizeof(*to);
}

Address FromIpv4(const in_addr& ip, uint16_t port) {
  Address address;
  address.family = 4;
  address.port = port;
  std::memcpy(address.ip, &ip, sizeof(ip));
  return address;
}

Address FromIpv6(const in6_addr& ip, uint16_t port, uint32_t scope) {
  if (IN6_IS_ADDR_V4MAPPED(&ip)) {
    in_addr mapped;
    std::memcpy(&mapped, ip.s6_addr + 12, sizeof(mapped));
    return FromIpv4(mapped, port);
  }
  Address address;
  address.family = 6;
  address.port = port;
  address.scope = IN6_IS_ADDR_LINKLOCAL(&ip) ? scope : 0;
  std::memcpy(address.ip, &ip, sizeof(ip));
  return address;
}

Address FromSockaddr(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(from);
    return FromIpv4(in.sin_addr, ntohs(in.sin_port));
  }
  if (from.ss_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(from);
    return FromIpv6(in.sin6_addr, ntohs(in.sin6_port), in.sin6_scope_id);
  }
  return Address{};
}

bool ParseIp(const std::string& text, Address* out) {
  in_addr four;
  if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
    *out = FromIpv4(four, 0);
    return true;
  }
  const size_t percent = text.find('%');
  in6_addr six;
  if (inet_pton(AF_INET6, text.substr(0, percent).c_str(), &six) != 1) return false;
  uint32_t scope = 0;
  if (percent != std::string::npos) {
    const std::string name = text.substr(percent + 1);
    scope = if_nametoindex(name.c_str());
    if (scope == 0) scope = static_cast<uint32_t>(std::strtoul(name.c_str(), nullptr, 10));
  }
  *out = FromIpv6(six, 0, scope);
  return true;
}

std::string IpText(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.family == 4 ? AF_INET : AF_INET6, address.ip, text, sizeof(text));
  std::string result = text;
  if (address.scope == 0) return result;
  char name[IF_NAMESIZE] = "";
  const bool named = if_indextoname(address.scope, name) != nullptr;
  return result + "%" + (named ? std::string(name) : std::to_string(address.scope));
}

uint32_t AddressSlots::SlotOf(const Address& address, bool* fresh) {
  // FNV-1a over the words. Who makes addresses collide makes himself slower, and nobody else wrong.
  uint64_t hash = 14695981039346656037ULL;
  uint32_t words[kAddressWords];
  std::memcpy(words, &address, sizeof(address));
  for (const uint32_t word : words) hash = (hash ^ word) * 1099511628211ULL;
  const auto slot = static_cast<uint32_t>((hash ^ (hash >> 29)) % kSlots);
  *fresh = std::memcmp(&slots_[slot], &address, sizeof(address)) != 0;
  if (*fresh) slots_[slot] = address;
  return slot;
}

}  // namespace weir
