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

/** One value to be touched, on a thread of the platform's pool. */
struct Touching {
  File file;
  std::vector<uint8_t> table;
  std::vector<uint8_t> key;
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
  const auto* touching = static_cast<Touching*>(data);
  if (touching->file != nullptr) LookUp(*touching->file, true).Touch(BytesOf(touching->table), BytesOf(touching->key));
}

/** Calls that fail do so because the thread is ending: nobody waits then. */
void Complete(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Touching> touching(static_cast<Touching*>(data));
  napi_value nothing = nullptr;
  if (napi_get_undefined(env, &nothing) == napi_ok) napi_resolve_deferred(env, touching->deferred, nothing);
  napi_delete_async_work(env, touching->work);
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

Napi::Value TouchValue(const Napi::CallbackInfo& info) {
  auto touching = std::make_unique<Touching>();
  touching->file = FileOf(info[0]);
  touching->table = CopyOf(info[1]);
  touching->key = CopyOf(info[2]);
  napi_value promise = nullptr;
  const napi_env env = info.Env();
  const napi_value name = Napi::String::New(env, "weir:touch");
  napi_status status = napi_create_promise(env, &touching->deferred, &promise);
  if (status == napi_ok)
    status = napi_create_async_work(env, nullptr, name, Execute, Complete, touching.get(), &touching->work);
  if (status == napi_ok) status = napi_queue_async_work(env, touching->work);
  if (status != napi_ok) throw Napi::Error::New(env, "the value cannot be touched");
  touching.release();
  return Napi::Value(env, promise);
}

}  // namespace weir
