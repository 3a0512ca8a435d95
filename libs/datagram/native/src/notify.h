// The only local socket that we use: the one on which a service manager hears how its service is.
#pragma once

#include <napi.h>

namespace weir {

/**
 * `notifyService(path, text)`: sends one datagram to a local socket, or to one in the abstract name space if `path` begins with
 * `@`. Never waits. Returns 0 or an error number.
 */
Napi::Value NotifyService(const Napi::CallbackInfo& info);

}  // namespace weir
