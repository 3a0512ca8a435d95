#include "notify.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include "wishes.h"

namespace weir {
namespace {

int Send(const std::string& path, const std::string& text) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(to.sun_path)) return EINVAL;
  path.copy(to.sun_path, path.size());
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return errno;
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  const ssize_t sent = sendto(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT, address, length);
  return sent < 0 ? errno : 0;
}

}  // namespace

Napi::Value NotifyService(const Napi::CallbackInfo& info) {
  const std::string path = info[0].ToString();
  const std::string text = info[1].ToString();
  return Napi::Number::New(info.Env(), Send(path, text));
}

}  // namespace weir
