// What the addon gives to JavaScript; libs/datagram/src/native/addon.ts has the types.
#include <napi.h>

#include "notify.h"
#include "open.h"
#include "passing.h"
#include "socket.h"

namespace weir {
namespace {

/** Of the words that JavaScript shares with us, and of what is exported: `layout.ts` has the same number. */
constexpr uint32_t kLayoutVersion = 6;

Napi::Object Limits(Napi::Env env) {
  Napi::Object limits = Napi::Object::New(env);
  limits.Set("receivedMessagesMax", static_cast<double>(Receiver::kMessages));
  limits.Set("receivedSlabBytes", static_cast<double>(Receiver::kSlabBytes));
  limits.Set("addressSlots", static_cast<double>(AddressSlots::kSlots));
  limits.Set("sendFailuresMax", static_cast<double>(kFailuresMax));
  return limits;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("layoutVersion", kLayoutVersion);
  exports.Set("limits", Limits(env));
  exports.Set("UdpSocket", UdpSocket::Define(env));
  exports.Set("PassingSocket", PassingSocket::Define(env));
  exports.Set("openUdp", Napi::Function::New(env, OpenUdp, "openUdp"));
  exports.Set("openTcp", Napi::Function::New(env, OpenTcp, "openTcp"));
  exports.Set("connectTcp", Napi::Function::New(env, ConnectTcp, "connectTcp"));
  exports.Set("closeSocket", Napi::Function::New(env, CloseSocket, "closeSocket"));
  exports.Set("localAddress", Napi::Function::New(env, LocalAddress, "localAddress"));
  exports.Set("notifyService", Napi::Function::New(env, NotifyService, "notifyService"));
  exports.Set("encodeAddress", Napi::Function::New(env, EncodeAddress, "encodeAddress"));
  return exports;
}

}  // namespace

// Once for each thread that loads it: there is no state but in objects.
NODE_API_MODULE(weir_datagram, Init)

}  // namespace weir
