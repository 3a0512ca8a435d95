// Addresses in the three forms they have here: the kernel's, words shared with JavaScript, and text.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/** An IP address and port, normalised: an IPv4-mapped IPv6 address is the IPv4 address it maps. */
struct Address {
  /** 4, 6, or 0 for none. */
  uint32_t family = 0;
  uint32_t port = 0;
  /** Interface of a link-local IPv6 address, else 0. */
  uint32_t scope = 0;
  /** In network order; IPv4 fills the first word, the rest is 0. */
  uint32_t ip[4] = {0, 0, 0, 0};
};

/** Words of an address in memory shared with JavaScript: the struct itself. */
constexpr size_t kAddressWords = 7;
static_assert(sizeof(Address) == kAddressWords * sizeof(uint32_t), "JavaScript reads an address as seven words");

/** The kernel's form, for a socket of family AF_INET or AF_INET6; returns its length. */
socklen_t ToSockaddr(const Address& address, int socketFamily, sockaddr_storage* out);

Address FromSockaddr(const sockaddr_storage& from);
Address FromIpv4(const in_addr& ip, uint16_t port);
Address FromIpv6(const in6_addr& ip, uint16_t port, uint32_t scope);

/** False when `text` is no numeric address. A scope is an interface's name or number behind `%`. */
bool ParseIp(const std::string& text, Address* out);

/** As the platform prints it, with the scope's interface if there is one. */
std::string IpText(const Address& address);

/**
 * Gives each address a small number, so that JavaScript makes text and objects of it once and not for each datagram.
 * Direct-mapped: an address that falls into a taken slot takes it over, and is fresh again. So memory is bounded, and a flood
 * of senders costs no more than text for each.
 */
class AddressSlots {
 public:
  static constexpr size_t kSlots = 4096;

  AddressSlots() : slots_(kSlots) {}
  /** `fresh` becomes true when the slot held another address before. */
  uint32_t SlotOf(const Address& address, bool* fresh);

 private:
  std::vector<Address> slots_;
};

}  // namespace weir
