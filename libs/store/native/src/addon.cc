// What the addon gives to JavaScript; libs/store/src/guard-addon.ts has the types.
#include <napi.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "ahead.h"
#include "crc32.h"
#include "page.h"
#include "guard.h"
#include "reading.h"
#include "release.h"
#include "writers.h"

namespace weir {
namespace {

/** `guard-addon.ts` has the same number. */
constexpr uint32_t kVersion = 5;

Napi::Value WatchFile(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const int number = Watch(path.c_str());
  if (number >= 0) return Napi::Number::New(info.Env(), number);
  Napi::Error error = Napi::Error::New(info.Env(), std::strerror(-number));
  error.Set("errno", Napi::Number::New(info.Env(), -number));
  throw error;
}

void UnwatchFile(const Napi::CallbackInfo& info) { Unwatch(info[0].As<Napi::Number>().Int32Value()); }

Napi::Value CountFaults(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), Faults()); }

Napi::Value BeginReading(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), Begin()); }

Napi::Value HoldPages(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), Hold()); }

Napi::Value LetPagesGo(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), LetGo(info[0].As<Napi::Number>().Int32Value()));
}

Napi::Value IsTaintedNow(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), IsTainted(info[0].As<Napi::Number>().Int32Value()));
}

/** Undefined where nobody waits. */
Napi::Value AwaitedPage(const Napi::CallbackInfo& info) {
  const Awaited awaited = WhatIsAwaited();
  if (awaited.page < 0) return info.Env().Undefined();
  Napi::Object answer = Napi::Object::New(info.Env());
  answer.Set("page", static_cast<double>(awaited.page));
  answer.Set("tries", awaited.tries);
  return answer;
}

Napi::Value SupplyPage(const Napi::CallbackInfo& info) {
  const auto bytes = info[1].As<Napi::Uint8Array>();
  const bool isPage = bytes.ByteLength() == kPageBytes;
  const int64_t page = info[0].As<Napi::Number>().Int64Value();
  return Napi::Boolean::New(info.Env(), isPage && Supply(page, bytes.Data()));
}

/** Ends the process at once: threads that wait for a disk are waited for by everything else. */
void EndProcess(const Napi::CallbackInfo& info) { _exit(info[0].As<Napi::Number>().Int32Value()); }

void ExpectPages(const Napi::CallbackInfo& info) {
  const auto pages = info[1].As<Napi::Float64Array>();
  Expect(info[0].As<Napi::Number>().Int32Value(), pages.Data(), pages.ElementLength());
}

Napi::Value SumBytes(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Uint8Array>();
  return Napi::Number::New(info.Env(),
                           Crc32(bytes.Data(), bytes.ByteLength(), info[1].As<Napi::Number>().Uint32Value()));
}

/** Shared memory too, which V8 copies word by word. What is told of it afterwards, by another thread, was not looked at before. */
void CopyBytes(const Napi::CallbackInfo& info) {
  auto target = info[0].As<Napi::Uint8Array>();
  const auto source = info[1].As<Napi::Uint8Array>();
  const int64_t at = info[2].As<Napi::Number>().Int64Value();
  const size_t length = source.ByteLength();
  if (at < 0 || static_cast<size_t>(at) > target.ByteLength() || length > target.ByteLength() - static_cast<size_t>(at))
    throw Napi::RangeError::New(info.Env(), "the bytes do not fit");
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::memmove(target.Data() + at, source.Data(), length);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

Napi::Value ReleasePages(const Napi::CallbackInfo& info) {
  const auto runs = info[1].As<Napi::Float64Array>();
  const int failure = Release(info[0].As<Napi::Number>().Int32Value(), runs.Data(), runs.ElementLength() / 2);
  return Napi::Number::New(info.Env(), failure);
}

Napi::Value ReserveBytes(const Napi::CallbackInfo& info) {
  const int failure = Reserve(info[0].As<Napi::Number>().Int32Value(), info[1].As<Napi::Number>().Int64Value());
  return Napi::Number::New(info.Env(), failure);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("version", kVersion);
  exports.Set("watch", Napi::Function::New(env, WatchFile, "watch"));
  exports.Set("unwatch", Napi::Function::New(env, UnwatchFile, "unwatch"));
  exports.Set("faults", Napi::Function::New(env, CountFaults, "faults"));
  exports.Set("begin", Napi::Function::New(env, BeginReading, "begin"));
  exports.Set("copy", Napi::Function::New(env, CopyBytes, "copy"));
  exports.Set("release", Napi::Function::New(env, ReleasePages, "release"));
  exports.Set("reserve", Napi::Function::New(env, ReserveBytes, "reserve"));
  exports.Set("letGo", Napi::Function::New(env, LetPagesGo, "letGo"));
  exports.Set("hold", Napi::Function::New(env, HoldPages, "hold"));
  exports.Set("isTainted", Napi::Function::New(env, IsTaintedNow, "isTainted"));
  exports.Set("awaited", Napi::Function::New(env, AwaitedPage, "awaited"));
  exports.Set("supply", Napi::Function::New(env, SupplyPage, "supply"));
  exports.Set("end", Napi::Function::New(env, EndProcess, "end"));
  exports.Set("expect", Napi::Function::New(env, ExpectPages, "expect"));
  exports.Set("openFile", Napi::Function::New(env, OpenFile, "openFile"));
  exports.Set("closeFile", Napi::Function::New(env, CloseFile, "closeFile"));
  exports.Set("lookUp", Napi::Function::New(env, LookUpNow, "lookUp"));
  exports.Set("lookUpElsewhere", Napi::Function::New(env, LookUpElsewhere, "lookUpElsewhere"));
  // Whoever finds none takes the platform's.
  if (HasFastCrc32()) exports.Set("crc32", Napi::Function::New(env, SumBytes, "crc32"));
  return exports;
}

NODE_API_MODULE(weir_store, Init)

}  // namespace
}  // namespace weir
