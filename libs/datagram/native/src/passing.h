// Passes datagrams on: from whoever sent them to whom they were meant for, neither of whom is us.
#pragma once

#include <napi.h>

namespace weir {

/**
 * `openPassing({ip, mark, bufferBytes})`: the file descriptor of a raw socket of that loopback address's family. One serves
 * all flows: each packet names the addresses and ports that it is to have.
 */
Napi::Value OpenPassing(const Napi::CallbackInfo& info);

/**
 * `passDatagram(fd, words, bytes)`: sends a UDP datagram; `words` are the address it leaves from and the one it goes to. Returns
 * 0, or the number of the error: a socket that takes no more is EAGAIN.
 */
Napi::Value PassDatagram(const Napi::CallbackInfo& info);

}  // namespace weir
