// Makes sockets. They belong to the process: a file descriptor outlives the thread that opened it.
#pragma once

#include <napi.h>

namespace weir {

/** `openUdp({ip, port, ...})`: a bound UDP socket's file descriptor. Throws an error with `code`, as `EADDRINUSE`. */
Napi::Value OpenUdp(const Napi::CallbackInfo& info);

/** `openTcp({ip, port, backlog, ...})`: the file descriptor of a listening TCP socket, for `server.listen({fd})`. */
Napi::Value OpenTcp(const Napi::CallbackInfo& info);

/**
 * `connectTcp({ip, port, to, ...})`: the file descriptor of a TCP socket that is being connected, from this address, for
 * `new net.Socket({fd})`. What it writes waits until it is connected; that it cannot be shows as an error of reading.
 */
Napi::Value ConnectTcp(const Napi::CallbackInfo& info);

/** `closeSocket(fd)`. */
Napi::Value CloseSocket(const Napi::CallbackInfo& info);

/** `localAddress(fd)`: `{ip, port}`. */
Napi::Value LocalAddress(const Napi::CallbackInfo& info);

/** `encodeAddress(ip, port, words, at)`: writes the seven words of an address; false when `ip` is not numeric. */
Napi::Value EncodeAddress(const Napi::CallbackInfo& info);

}  // namespace weir
