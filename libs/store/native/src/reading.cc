#include "reading.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "lookup.h"

namespace weir {
namespace {

/** Shared with the threads that read it. */
using File = std::shared_ptr<DataFile>;

/** One value to be looked up on a thread of the platform's pool. */
struct Waiting {
  File file;
  std::vector<uint8_t> table;
  std::vector<uint8_t> key;
  uint8_t* target = nullptr;
  size_t capacity = 0;
  /** Where it is, if that could be told without waiting: then nothing but the value is waited for. */
  Place place = {0, 0, nullptr};
  bool isLocated = false;
  int64_t answer = kUnknown;
  /** What keeps the target where it is. */
  napi_ref kept = nullptr;
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
};

Bytes BytesOf(const Napi::Uint8Array& array) { return {array.Data(), array.ByteLength()}; }

Bytes BytesOf(const std::vector<uint8_t>& bytes) { return {bytes.data(), bytes.size()}; }

File& FileOf(const Napi::Value& value) { return *value.As<Napi::External<File>>().Data(); }

std::vector<uint8_t> CopyOf(const Napi::Value& value) {
  const auto array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ByteLength()};
}

void Execute(napi_env, void* data) {
  auto* const waiting = static_cast<Waiting*>(data);
  if (waiting->file == nullptr) return;
  LookUp lookUp(*waiting->file, true);
  if (waiting->isLocated) waiting->answer = lookUp.Fetch(waiting->place, waiting->target, waiting->capacity);
  else waiting->answer = lookUp.Read(BytesOf(waiting->table), BytesOf(waiting->key), waiting->target, waiting->capacity);
}

/** Calls that fail do so because the thread is ending: nobody waits then. */
void Complete(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Waiting> waiting(static_cast<Waiting*>(data));
  napi_value answer = nullptr;
  const bool known = napi_create_double(env, static_cast<double>(waiting->answer), &answer) == napi_ok;
  if (known) napi_resolve_deferred(env, waiting->deferred, answer);
  napi_delete_reference(env, waiting->kept);
  napi_delete_async_work(env, waiting->work);
}

}  // namespace

Napi::Value OpenFile(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  int error = 0;
  auto file = std::make_unique<File>(std::make_shared<DataFile>(path.c_str(), &error));
  if (error != 0) throw Napi::Error::New(info.Env(), std::strerror(-error));
  const auto forget = [](Napi::Env, File* one) { delete one; };
  return Napi::External<File>::New(info.Env(), file.release(), forget);
}

void CloseFile(const Napi::CallbackInfo& info) { FileOf(info[0]).reset(); }

Napi::Value LookUpNow(const Napi::CallbackInfo& info) {
  const File& file = FileOf(info[0]);
  if (file == nullptr) return Napi::Number::New(info.Env(), static_cast<double>(kUnknown));
  auto target = info[3].As<Napi::Uint8Array>();
  LookUp lookUp(*file, false);
  const int64_t answer = lookUp.Read(BytesOf(info[1].As<Napi::Uint8Array>()), BytesOf(info[2].As<Napi::Uint8Array>()),
                                     target.Data(), target.ByteLength());
  return Napi::Number::New(info.Env(), static_cast<double>(answer));
}

Napi::Value LookUpElsewhere(const Napi::CallbackInfo& info) {
  auto waiting = std::make_unique<Waiting>();
  auto target = info[3].As<Napi::Uint8Array>();
  waiting->file = FileOf(info[0]);
  waiting->table = CopyOf(info[1]);
  waiting->key = CopyOf(info[2]);
  waiting->target = target.Data();
  waiting->capacity = target.ByteLength();
  if (waiting->file != nullptr) {
    LookUp lookUp(*waiting->file, false);
    const int64_t failed = lookUp.Locate(BytesOf(waiting->table), BytesOf(waiting->key), &waiting->place);
    waiting->isLocated = failed == 0 && waiting->place.here == nullptr;
  }
  napi_value promise = nullptr;
  const napi_env env = info.Env();
  const napi_value name = Napi::String::New(env, "weir:lookUp");
  napi_status status = napi_create_reference(env, target, 1, &waiting->kept);
  if (status == napi_ok) status = napi_create_promise(env, &waiting->deferred, &promise);
  if (status == napi_ok)
    status = napi_create_async_work(env, nullptr, name, Execute, Complete, waiting.get(), &waiting->work);
  if (status == napi_ok) status = napi_queue_async_work(env, waiting->work);
  if (status != napi_ok) throw Napi::Error::New(env, "the value cannot be looked up");
  waiting.release();
  return Napi::Value(env, promise);
}

}  // namespace weir
