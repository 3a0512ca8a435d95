// Passes datagrams on: from whoever sent them to whom they were meant for, neither of whom is us.
#pragma once

#include <napi.h>

namespace weir {

/**
 * `new PassingSocket({ip, mark, bufferBytes, transparent})`: a raw socket of that loopback address's family. One serves all flows:
 * each packet names the addresses and ports that it is to have. No event loop knows it; it is closed with the object, which ends
 * with its thread, however that ends. Throws an error with `code`.
 */
class PassingSocket : public Napi::ObjectWrap<PassingSocket> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit PassingSocket(const Napi::CallbackInfo& info);
  ~PassingSocket() override;

 private:
  /**
   * `pass(words, bytes)`: sends a UDP datagram; `words` are the address it leaves from and the one it goes to. Returns 0, or the
   * number of the error: a socket that takes no more is EAGAIN, a closed one EBADF.
   */
  Napi::Value Pass(const Napi::CallbackInfo& info);
  /** `close()`. */
  Napi::Value Close(const Napi::CallbackInfo& info);
  void End();

  int fd_ = -1;
};

}  // namespace weir
