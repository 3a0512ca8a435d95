// What ICMP told of datagrams that were sent: the kernel keeps it in a queue beside the datagrams (IP_RECVERR).
#pragma once

#include <cstddef>
#include <functional>

#include "address.h"

namespace weir {

/** Called with an error number and whom the datagram was sent to. */
using ErrorListener = std::function<void(int error, const Address& to)>;

/**
 * Empties a socket's error queue, up to a bound: what is left makes the socket ready again. Errors of this host are left
 * out: the call that sent has returned them.
 */
void DrainErrorQueue(int fd, const ErrorListener& listener);

}  // namespace weir
