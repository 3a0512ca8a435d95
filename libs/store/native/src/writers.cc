#include "writers.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "covers.h"
#include "page.h"

namespace weir {
namespace {

struct Writer {
  std::atomic<pid_t> thread{0};
  bool tainted = false;
};

/** Between two looks whether what is covered was given back. */
constexpr long kLookMicros = 500;

/** After so many looks it is given back by who waits: whoever still reads there has it covered again. */
constexpr unsigned kLooksMax = 100;

/** Between two times that the disk is asked for a page: more and more. */
constexpr long kAskMicrosMin = 2'000;
constexpr long kAskMicrosMax = 500'000;

Writer writers[kWritersMax];
std::atomic<int64_t> awaitedPage{-1};
std::atomic<uint32_t> awaitedTries{0};

SpinLock supplyLock;
int64_t suppliedPage = -1;
unsigned char supplied[kPageBytes];
/** Where pages are read to that nobody looks at. */
unsigned char scratch[kPageBytes];

pid_t Thread() { return static_cast<pid_t>(syscall(SYS_gettid)); }

int StopSignal() { return SIGRTMIN + 11; }

void Sleep(long micros) {
  timespec span{micros / 1'000'000, micros % 1'000'000 * 1'000};
  nanosleep(&span, nullptr);
}

/** In the thread that writes. A signal that comes after the last look is handled before it goes on. */
void OnStop(int) {
  const int error = errno;
  for (unsigned looks = 0; AnyCovered(); looks++) {
    Sleep(kLookMicros);
    if (looks < kLooksMax) continue;
    const std::lock_guard<SpinLock> guard(coversLock);
    GiveAllBack();
  }
  errno = error;
}

struct Place {
  int file = -1;
  uint64_t offset = 0;
};

/** Where in which file a page lies; what is covered is given back for that. */
bool Locate(uintptr_t page, Place* place) {
  const std::lock_guard<SpinLock> guard(coversLock);
  if (AnyCovered()) GiveAllBack();
  Mapping mapping;
  if (!FindMapping(page, &mapping)) return false;
  const int number = WatchedBehind(mapping);
  if (number < 0) return false;
  *place = Place{watched[number].file, mapping.offset + (page - mapping.start)};
  return true;
}

/** Writes what was supplied for a page. */
void TakeSupply(const Place& place) {
  const std::lock_guard<SpinLock> guard(supplyLock);
  if (suppliedPage != static_cast<int64_t>(place.offset / kPageBytes)) return;
  suppliedPage = -1;
  const ssize_t written = pwrite(place.file, supplied, kPageBytes, static_cast<off_t>(place.offset));
  (void)written;
}

/** Nobody else has the page that is waited for when it is given up here. */
void StopAwaiting() {
  const std::lock_guard<SpinLock> guard(supplyLock);
  awaitedPage.store(-1);
  suppliedPage = -1;
}

/** True once it can be read, false once it is no longer in the file. */
bool AwaitPlace(const Place& place) {
  awaitedTries.store(0);
  awaitedPage.store(static_cast<int64_t>(place.offset / kPageBytes));
  long micros = kAskMicrosMin;
  ssize_t length;
  while ((length = pread(place.file, scratch, kPageBytes, static_cast<off_t>(place.offset))) < 0) {
    awaitedTries.fetch_add(1);
    Sleep(micros);
    micros = std::min(2 * micros, kAskMicrosMax);
    TakeSupply(place);
  }
  StopAwaiting();
  return length > 0;
}

}  // namespace

int PrepareWriters() {
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0) return errno;
  struct sigaction before;
  if (sigaction(StopSignal(), nullptr, &before) != 0) return errno;
  if (before.sa_handler != SIG_DFL) return EBUSY;
  struct sigaction action = {};
  action.sa_handler = OnStop;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  return sigaction(StopSignal(), &action, nullptr) == 0 ? 0 : errno;
}

int Hold() {
  if (Writing() >= 0) return -1;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, StopSignal());
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  const std::lock_guard<SpinLock> guard(coversLock);
  for (unsigned at = 0; at < kWritersMax; at++) {
    if (writers[at].thread.load() != 0) continue;
    if (AnyCovered()) GiveAllBack();
    writers[at].tainted = false;
    writers[at].thread.store(Thread());
    return static_cast<int>(at);
  }
  return -1;
}

bool LetGo(int number) {
  const std::lock_guard<SpinLock> guard(coversLock);
  writers[number].thread.store(0);
  return writers[number].tainted;
}

bool IsTainted(int number) { return writers[number].tainted; }

int Writing() {
  const pid_t thread = Thread();
  for (unsigned at = 0; at < kWritersMax; at++)
    if (writers[at].thread.load() == thread) return static_cast<int>(at);
  return -1;
}

void Taint(int number) { writers[number].tainted = true; }

void StopWriters() {
  const pid_t self = Thread();
  bool any = false;
  for (const Writer& writer : writers) {
    const pid_t thread = writer.thread.load();
    if (thread == 0 || thread == self) continue;
    syscall(SYS_tgkill, getpid(), thread, StopSignal());
    any = true;
  }
  // Interrupts all threads that run: who was sent a signal has it handled before anything else.
  if (any) syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

Awaited WhatIsAwaited() { return Awaited{awaitedPage.load(), awaitedTries.load()}; }

bool Supply(int64_t page, const unsigned char* bytes) {
  const std::lock_guard<SpinLock> guard(supplyLock);
  if (page < 0 || awaitedPage.load() != page) return false;
  std::memcpy(supplied, bytes, kPageBytes);
  suppliedPage = page;
  return true;
}

bool Await(uintptr_t page) {
  Place place;
  return Locate(page, &place) && AwaitPlace(place);
}

}  // namespace weir
