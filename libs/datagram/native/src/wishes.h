// What JavaScript may ask of a socket, and what all sockets have in common.
#pragma once

#include <napi.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"

namespace weir {

/** What JavaScript asked for; what it left out is 0 or none. */
struct Wanted {
  Address address;
  /** Of a TCP client: whom it connects to. */
  Address to;
  bool transparent;
  bool reusePort;
  bool sendOnly;
  int mark;
  int dscp;
  int bufferBytes;
  int backlog;
  int steerAmong;
  /** Of a TCP client: a port that the system must not choose for it. */
  uint32_t avoidPort;
};

/** Closes the descriptor unless it is released: opening fails in many places. */
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd() const { return fd_; }
  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

/** An error with the platform's `code`, as `EADDRINUSE`. */
Napi::Error SystemError(Napi::Env env, int error, const char* what);

/** Throws `errno`'s error if a system call failed. */
void Check(Napi::Env env, int result, const char* what);

/** Sets a socket option that is a number; as setsockopt. */
int SetOption(int fd, int level, int option, int value);

/** The wishes among a call's arguments. Throws where there is no numeric address. */
Wanted ReadWanted(const Napi::CallbackInfo& info);

/** The IPv6 wildcard serves IPv4 as well; any other IPv6 address does not speak IPv4. Not for raw sockets, which never do. */
void ChooseFamilies(Napi::Env env, int fd, const Wanted& wanted);

/** What must stand before a socket is bound. */
void Prepare(Napi::Env env, int fd, const Wanted& wanted);

/** An address in the form that the socket's family has. */
socklen_t NameOf(const Address& address, const Wanted& wanted, sockaddr_storage* name);

void Bind(Napi::Env env, int fd, const Wanted& wanted);

/** Best effort: beyond the system's limit with CAP_NET_ADMIN, else up to it. */
void EnlargeBuffers(int fd, int bytes);

/** What arrives is dropped before it takes memory: nobody reads it. */
void DropAll(Napi::Env env, int fd);

}  // namespace weir
