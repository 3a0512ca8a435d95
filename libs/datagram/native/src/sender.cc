#include "sender.h"

#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>


namespace weir {
namespace {

/** Times that one run is tried: an error that is told may be that of a datagram sent earlier. */
constexpr int kTriesMax = 3;

/** One message for the kernel, with the memory that it points to. */
struct Message {
  sockaddr_storage to;
  iovec piece;
  alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t)) + CMSG_SPACE(sizeof(in6_pktinfo))];

  void Fill(msghdr* header, const uint32_t* run, const uint8_t* arena, int family);
  void AddControl(msghdr* header, int level, int type, const void* data, size_t bytes);
  void AddSource(msghdr* header, const Address& from);
};

Address AddressAt(const uint32_t* words) {
  return {words[0], words[1], words[2], {words[3], words[4], words[5], words[6]}};
}

void Message::Fill(msghdr* header, const uint32_t* run, const uint8_t* arena, int family) {
  const Address address = AddressAt(run + kRunTo);
  piece = {const_cast<uint8_t*>(arena) + run[kRunOffset], run[kRunBytes]};
  std::memset(header, 0, sizeof(*header));
  header->msg_namelen = ToSockaddr(address, family, &to);
  header->msg_name = &to;
  header->msg_iov = &piece;
  header->msg_iovlen = 1;
  header->msg_control = control;
  if (run[kRunCount] > 1) {
    const auto segment = static_cast<uint16_t>(run[kRunSegment]);
    AddControl(header, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment));
  }
  const Address from = AddressAt(run + kRunFrom);
  if (from.family != 0) AddSource(header, from);
  if (header->msg_controllen == 0) header->msg_control = nullptr;
}

void Message::AddControl(msghdr* header, int level, int type, const void* data, size_t bytes) {
  auto* part = reinterpret_cast<cmsghdr*>(control + header->msg_controllen);
  std::memset(part, 0, CMSG_SPACE(bytes));
  part->cmsg_level = level;
  part->cmsg_type = type;
  part->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(part), data, bytes);
  header->msg_controllen += CMSG_SPACE(bytes);
}

void Message::AddSource(msghdr* header, const Address& from) {
  if (from.family == 4) {
    in_pktinfo source{};
    std::memcpy(&source.ipi_spec_dst, from.ip, sizeof(source.ipi_spec_dst));
    AddControl(header, SOL_IP, IP_PKTINFO, &source, sizeof(source));
  } else {
    in6_pktinfo source{};
    std::memcpy(&source.ipi6_addr, from.ip, sizeof(source.ipi6_addr));
    source.ipi6_ifindex = from.scope;
    AddControl(header, SOL_IPV6, IPV6_PKTINFO, &source, sizeof(source));
  }
}

bool IsBlocked(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

/** A train whose segments fit no packet, or a path without checksum offload: its datagrams may still be sent one by one. */
bool ForbidsTrain(int error) { return error == EMSGSIZE || error == EINVAL || error == EIO || error == EOPNOTSUPP; }

/** Errors that ICMP causes are told to the next call, whomever it sends to. */
bool MayBeAnothers(int error) {
  return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH || error == EPROTO ||
         error == ENOPROTOOPT || error == EACCES || error == EHOSTDOWN || error == EMSGSIZE;
}

/** Errors in the queue stay there for the event loop; this takes only the pending one. */
void ForgetPending(int fd) {
  int pending = 0;
  socklen_t length = sizeof(pending);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &length);
}

}  // namespace

bool Sender::Send(size_t first, size_t end) {
  std::memset(outcome_, 0, kOutcomeWords * sizeof(uint32_t));
  size_t next = first;
  int tries = 0;
  while (next < end && outcome_[kOutcomeBlocked] == 0 && !Full()) {
    if (runs_[next * kRunWords + kRunSingly] != 0) {
      if (SendSingly(next)) next++;
      continue;
    }
    int error = 0;
    const size_t sent = SendMany(next, end, &error);
    next += sent;
    if (sent > 0) tries = 0;
    if (error == 0) continue;
    if (MayBeAnothers(error) && ++tries < kTriesMax) {
      ForgetPending(fd_);
      continue;
    }
    tries = 0;
    if (Refused(next, error)) next++;
  }
  outcome_[kOutcomeRuns] = static_cast<uint32_t>(next - first);
  return outcome_[kOutcomeBlocked] != 0;
}

/** One sendmmsg. Returns how many runs the kernel took; `error` is what it said of the next, if it came to that. */
size_t Sender::SendMany(size_t first, size_t end, int* error) {
  Message messages[kRunsPerCall];
  mmsghdr headers[kRunsPerCall];
  size_t count = 0;
  for (; count < kRunsPerCall && first + count < end; count++) {
    const uint32_t* run = runs_ + (first + count) * kRunWords;
    if (run[kRunSingly] != 0) break;
    messages[count].Fill(&headers[count].msg_hdr, run, arena_, family_);
  }
  const int result = sendmmsg(fd_, headers, static_cast<unsigned>(count), MSG_DONTWAIT);
  if (result < 0) {
    *error = errno;
    return 0;
  }
  for (int index = 0; index < result; index++) {
    const uint32_t* run = runs_ + (first + static_cast<size_t>(index)) * kRunWords;
    Sent(run[kRunCount], run[kRunBytes]);
  }
  return static_cast<size_t>(result);
}

/** What to do with a run that the kernel refused. True when it is done with. */
bool Sender::Refused(size_t run, int error) {
  uint32_t* words = runs_ + run * kRunWords;
  if (error == EINTR) return false;
  if (IsBlocked(error)) {
    outcome_[kOutcomeBlocked] = 1;
    return false;
  }
  if (words[kRunCount] > 1 && ForbidsTrain(error)) {
    words[kRunSingly] = 1;
    return false;
  }
  Failed(run, words[kRunCount], error);
  return true;
}

/** Sends a run's datagrams one by one, and shortens it by each. True when it is done with. */
bool Sender::SendSingly(size_t run) {
  uint32_t* words = runs_ + run * kRunWords;
  size_t failed = 0;
  int failure = 0;
  int tries = 0;
  while (words[kRunCount] > 0) {
    uint32_t single[kRunWords];
    std::memcpy(single, words, sizeof(single));
    single[kRunCount] = 1;
    single[kRunBytes] = std::min(words[kRunSegment], words[kRunBytes]);
    Message message;
    msghdr header;
    message.Fill(&header, single, arena_, family_);
    const int error = sendmsg(fd_, &header, MSG_DONTWAIT) < 0 ? errno : 0;
    if (error == EINTR) continue;
    if (IsBlocked(error)) {
      outcome_[kOutcomeBlocked] = 1;
      break;
    }
    if (error != 0 && MayBeAnothers(error) && ++tries < kTriesMax) {
      ForgetPending(fd_);
      continue;
    }
    tries = 0;
    if (error == 0) {
      Sent(1, single[kRunBytes]);
    } else {
      failed++;
      failure = error;
    }
    words[kRunOffset] += single[kRunBytes];
    words[kRunBytes] -= single[kRunBytes];
    words[kRunCount]--;
  }
  if (failed > 0) Failed(run, failed, failure);
  return words[kRunCount] == 0;
}

void Sender::Sent(size_t datagrams, size_t bytes) {
  outcome_[kOutcomeDatagrams] += static_cast<uint32_t>(datagrams);
  outcome_[kOutcomeBytes] += static_cast<uint32_t>(bytes);
}

void Sender::Failed(size_t run, size_t datagrams, int error) {
  uint32_t* failure = outcome_ + kOutcomeWords + outcome_[kOutcomeFailures]++ * 3;
  failure[0] = static_cast<uint32_t>(run);
  failure[1] = static_cast<uint32_t>(datagrams);
  failure[2] = static_cast<uint32_t>(error);
}

}  // namespace weir
