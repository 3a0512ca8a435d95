#include "error_queue.h"

#include <linux/errqueue.h>
#include <sys/socket.h>
#include <time.h>

#include <cerrno>
#include <cstring>

namespace weir {
namespace {

/** Errors taken at a time: a flood of ICMP must not hold up datagrams. */
constexpr int kErrorsMax = 64;

void Report(msghdr* header, const sockaddr_storage& to, const ErrorListener& listener) {
  for (cmsghdr* part = CMSG_FIRSTHDR(header); part != nullptr; part = CMSG_NXTHDR(header, part)) {
    const bool four = part->cmsg_level == SOL_IP && part->cmsg_type == IP_RECVERR;
    const bool six = part->cmsg_level == SOL_IPV6 && part->cmsg_type == IPV6_RECVERR;
    if (!four && !six) continue;
    sock_extended_err error;
    std::memcpy(&error, CMSG_DATA(part), sizeof(error));
    const bool icmp = error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
    if (icmp && error.ee_errno != 0) listener(static_cast<int>(error.ee_errno), FromSockaddr(to));
  }
}

}  // namespace

void DrainErrorQueue(int fd, const ErrorListener& listener) {
  for (int taken = 0; taken < kErrorsMax; taken++) {
    sockaddr_storage to{};
    uint8_t byte;
    iovec piece{&byte, sizeof(byte)};
    alignas(cmsghdr) uint8_t control[512];
    msghdr header{};
    header.msg_name = &to;
    header.msg_namelen = sizeof(to);
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    if (recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    Report(&header, to, listener);
  }
  // What is pending beside the queue would make the socket ready for ever.
  int pending = 0;
  socklen_t length = sizeof(pending);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &length);
}

}  // namespace weir
