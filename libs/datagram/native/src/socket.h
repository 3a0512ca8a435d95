// A UDP socket on one thread's event loop.
#pragma once

#include <napi.h>
#include <uv.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "receiver.h"
#include "sender.h"

namespace weir {

/**
 * `new UdpSocket({fd, arena, runs, outcome, records?, owned, onReceived?, onErrors?, onWritable})`.
 *
 * Adopts a file descriptor, which another thread may have opened. While its poll handle lives it holds a reference to
 * itself: collected earlier, the event loop would call into freed memory. `close()` ends that, and so does the end of the
 * thread. The descriptor is closed with it only if it is `owned`.
 */
class UdpSocket : public Napi::ObjectWrap<UdpSocket> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit UdpSocket(const Napi::CallbackInfo& info);
  ~UdpSocket() override;

 private:
  /** Calls of recvmmsg in one turn of the event loop: timers have to have theirs. */
  static constexpr int kRoundsMax = 4;

  /** `receive()`: from now on `onReceived` and `onErrors` are called. */
  Napi::Value Receive(const Napi::CallbackInfo& info);
  /** `send(first, end)`: sends runs; see `OutcomeWord`. When blocked, `onWritable` is called once. */
  Napi::Value Send(const Napi::CallbackInfo& info);
  /** `discard()`: drops what waits in the kernel, and returns how many datagrams that were. */
  Napi::Value Discard(const Napi::CallbackInfo& info);
  /** `close()`: nothing is called any more. */
  Napi::Value Close(const Napi::CallbackInfo& info);

  static void OnPoll(uv_poll_t* handle, int status, int events);
  static void OnClosed(uv_handle_t* handle);
  static void OnCleanup(napi_async_cleanup_hook_handle hook, void* self);

  void Watch();
  void Ready(int status, int events);
  void Readable();
  void Errors();
  void End();
  void Call(const Napi::FunctionReference& callback, const std::vector<napi_value>& values);

  int fd_ = -1;
  bool owned_ = false;
  bool receiving_ = false;
  bool blocked_ = false;
  bool closed_ = false;
  bool inCleanup_ = false;
  uv_poll_t* poll_ = nullptr;
  napi_async_cleanup_hook_handle cleanup_ = nullptr;
  std::unique_ptr<Napi::AsyncContext> context_;
  /** What JavaScript shares with us must not move or go. */
  std::vector<Napi::ObjectReference> shared_;
  Napi::FunctionReference onReceived_;
  Napi::FunctionReference onErrors_;
  Napi::FunctionReference onWritable_;
  std::unique_ptr<Receiver> receiver_;
  std::unique_ptr<Sender> sender_;
};

}  // namespace weir
