#include "socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include "error_queue.h"

namespace weir {
namespace {

int FamilyOf(int fd) {
  int family = AF_INET;
  socklen_t length = sizeof(family);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length);
  return family;
}

Napi::FunctionReference FunctionOf(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  return value.IsFunction() ? Napi::Persistent(value.As<Napi::Function>()) : Napi::FunctionReference();
}

/** A typed array among the options, of at least so many elements. */
template <typename Array>
Array ArrayOf(const Napi::Object& options, const char* key, size_t elementsMin) {
  const Napi::Value value = options.Get(key);
  if (!value.IsTypedArray()) throw Napi::TypeError::New(options.Env(), std::string(key) + " is no typed array");
  auto array = value.As<Array>();
  if (array.ElementLength() < elementsMin) throw Napi::RangeError::New(options.Env(), std::string(key) + " is too short");
  return array;
}

}  // namespace

Napi::Function UdpSocket::Define(Napi::Env env) {
  return DefineClass(env, "UdpSocket",
                     {InstanceMethod<&UdpSocket::Receive>("receive"), InstanceMethod<&UdpSocket::Send>("send"),
                      InstanceMethod<&UdpSocket::Discard>("discard"), InstanceMethod<&UdpSocket::Close>("close")});
}

UdpSocket::UdpSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<UdpSocket>(info) {
  const Napi::Env env = info.Env();
  if (info.Length() < 1 || !info[0].IsObject()) throw Napi::TypeError::New(env, "options are missing");
  const auto options = info[0].As<Napi::Object>();
  const int fd = options.Get("fd").As<Napi::Number>().Int32Value();
  auto arena = ArrayOf<Napi::Uint8Array>(options, "arena", 0);
  auto runs = ArrayOf<Napi::Uint32Array>(options, "runs", 0);
  auto outcome = ArrayOf<Napi::Uint32Array>(options, "outcome", kOutcomeWords + 3 * kFailuresMax);
  for (const Napi::Object& array : {Napi::Object(arena), Napi::Object(runs), Napi::Object(outcome)}) {
    shared_.push_back(Napi::Persistent(array));
  }
  sender_ = std::make_unique<Sender>(fd, FamilyOf(fd), arena.Data(), runs.Data(), outcome.Data());
  onReceived_ = FunctionOf(options, "onReceived");
  onErrors_ = FunctionOf(options, "onErrors");
  onWritable_ = FunctionOf(options, "onWritable");
  if (!onReceived_.IsEmpty()) {
    auto records = ArrayOf<Napi::Uint32Array>(options, "records", Receiver::kMessages * kReceivedWords);
    shared_.push_back(Napi::Persistent(Napi::Object(records)));
    receiver_ = std::make_unique<Receiver>(records.Data());
  }
  uv_loop_t* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  auto poll = std::make_unique<uv_poll_t>();
  if (uv_poll_init(loop, poll.get(), fd) != 0) throw Napi::Error::New(env, "the socket cannot be polled");
  poll_ = poll.release();
  poll_->data = this;
  fd_ = fd;
  owned_ = options.Get("owned").ToBoolean();
  context_ = std::make_unique<Napi::AsyncContext>(env, "WeirUdpSocket");
  napi_add_async_cleanup_hook(env, OnCleanup, this, &cleanup_);
  Ref();
}

UdpSocket::~UdpSocket() = default;

Napi::Value UdpSocket::Receive(const Napi::CallbackInfo& info) {
  receiving_ = receiver_ != nullptr;
  Watch();
  return info.Env().Undefined();
}

Napi::Value UdpSocket::Send(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (closed_) return env.Undefined();
  const size_t first = info[0].As<Napi::Number>().Uint32Value();
  const size_t end = info[1].As<Napi::Number>().Uint32Value();
  if (sender_->Send(first, end)) {
    blocked_ = true;
    Watch();
  }
  return env.Undefined();
}

Napi::Value UdpSocket::Discard(const Napi::CallbackInfo& info) {
  const size_t datagrams = closed_ || receiver_ == nullptr ? 0 : receiver_->Discard(fd_);
  return Napi::Number::New(info.Env(), static_cast<double>(datagrams));
}

Napi::Value UdpSocket::Close(const Napi::CallbackInfo& info) {
  End();
  return info.Env().Undefined();
}

/** Asks the event loop for what we wait for, which is nothing when we only send and are not blocked. */
void UdpSocket::Watch() {
  if (closed_) return;
  const int events = (receiving_ ? UV_READABLE : 0) | (blocked_ ? UV_WRITABLE : 0);
  if (events == 0) {
    uv_poll_stop(poll_);
  } else {
    uv_poll_start(poll_, events, OnPoll);
  }
}

void UdpSocket::OnPoll(uv_poll_t* handle, int status, int events) {
  auto* self = static_cast<UdpSocket*>(handle->data);
  const Napi::HandleScope scope(self->Env());
  try {
    self->Ready(status, events);
  } catch (const Napi::Error&) {
    // The thread is being ended and runs no JavaScript any more. Nothing else throws here: what JavaScript throws is
    // caught in `Call`.
  }
}

void UdpSocket::Ready(int status, int events) {
  // An error in the queue makes the poll stop; it goes on once the queue is empty.
  if (status < 0) {
    Errors();
    events = (receiving_ ? UV_READABLE : 0) | (blocked_ ? UV_WRITABLE : 0);
    Watch();
  }
  if ((events & UV_WRITABLE) != 0 && blocked_ && !closed_) {
    blocked_ = false;
    Watch();
    Call(onWritable_, {});
  }
  if ((events & UV_READABLE) != 0 && !closed_) Readable();
}

void UdpSocket::Readable() {
  const Napi::Env env = Env();
  bool more = true;
  for (int round = 1; more && !closed_; round++) {
    const Napi::HandleScope scope(env);
    Napi::Array slabs;
    Napi::Array fresh;
    const size_t count = receiver_->Receive(fd_, env, &slabs, &fresh);
    if (count == 0 && round == 1) return;
    more = count == Receiver::kMessages && round < kRoundsMax;
    Call(onReceived_, {Napi::Number::New(env, static_cast<double>(count)), Napi::Boolean::New(env, more),
                       slabs.IsEmpty() ? env.Undefined() : slabs, fresh.IsEmpty() ? env.Undefined() : fresh});
  }
}

void UdpSocket::Errors() {
  const Napi::Env env = Env();
  Napi::Array told = Napi::Array::New(env);
  DrainErrorQueue(fd_, [&](int error, const Address& to) {
    told.Set(told.Length(), Napi::Number::New(env, error));
    told.Set(told.Length(), Napi::String::New(env, IpText(to)));
    told.Set(told.Length(), Napi::Number::New(env, to.port));
  });
  if (told.Length() > 0 && !onErrors_.IsEmpty()) Call(onErrors_, {told});
}

/** Calls JavaScript from the event loop. What it throws is uncaught, as it would be in any callback. */
void UdpSocket::Call(const Napi::FunctionReference& callback, const std::vector<napi_value>& values) {
  if (closed_) return;
  const Napi::Env env = Env();
  const napi_status status = napi_make_callback(env, *context_, env.Global(), callback.Value(), values.size(),
                                                values.data(), nullptr);
  bool pending = false;
  if (status == napi_ok || napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  napi_value error = nullptr;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

void UdpSocket::End() {
  if (closed_) return;
  closed_ = true;
  uv_poll_stop(poll_);
  if (owned_) close(fd_);
  uv_close(reinterpret_cast<uv_handle_t*>(poll_), OnClosed);
}

void UdpSocket::OnClosed(uv_handle_t* handle) {
  auto* self = static_cast<UdpSocket*>(handle->data);
  delete reinterpret_cast<uv_poll_t*>(handle);
  const napi_async_cleanup_hook_handle hook = self->cleanup_;
  // At the end of the thread the environment frees the object.
  if (!self->inCleanup_) {
    const Napi::HandleScope scope(self->Env());
    self->Unref();
  }
  napi_remove_async_cleanup_hook(hook);
}

void UdpSocket::OnCleanup(napi_async_cleanup_hook_handle, void* self) {
  auto* socket = static_cast<UdpSocket*>(self);
  socket->inCleanup_ = true;
  // Closed already, but not yet told so by the event loop: that comes.
  socket->End();
}

}  // namespace weir
