#include "guard.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "covers.h"
#include "page.h"
#include "maps.h"
#include "writers.h"

namespace weir {
namespace {

std::atomic<uint32_t> faults{0};
struct sigaction previous;

/** Puts the filler in the place of a page that cannot be read; false if it is none of ours. */
bool CoverAt(uintptr_t page) {
  const std::lock_guard<SpinLock> guard(coversLock);
  Mapping mapping;
  if (!FindMapping(page, &mapping)) return false;
  // Another thread was here at the same time: what faulted is tried again.
  if (IsFiller(mapping)) return true;
  const int number = WatchedBehind(mapping);
  if (number < 0) return false;
  Announce();
  StopWriters();
  // Before and after: whoever looks in between sees that something goes on.
  faults.fetch_add(1);
  const bool isCovered = Cover(page, mapping, number);
  faults.fetch_add(1);
  return isCovered;
}

/** Who writes waits for the disk, and is shown the filler only where a file has been cut. */
bool Resolve(uintptr_t page) {
  const int writer = Writing();
  if (writer < 0) return CoverAt(page);
  if (Await(page)) return true;
  Taint(writer);
  return CoverAt(page);
}

/** What was there before us: another handler, or the end of the process, as the fault happens again without us. */
void Forward(int number, siginfo_t* info, void* context) {
  if ((previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr) {
    previous.sa_sigaction(number, info, context);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(number);
  } else {
    signal(number, SIG_DFL);
    // A fault comes again by itself; what was sent by somebody does not.
    if (info->si_code <= 0) raise(number);
  }
}

uintptr_t PageOf(const void* address) { return reinterpret_cast<uintptr_t>(address) & ~(kPageBytes - 1); }

void OnFault(int number, siginfo_t* info, void* context) {
  const int error = errno;
  const bool handled = info->si_code == BUS_ADRERR && Resolve(PageOf(info->si_addr));
  errno = error;
  if (!handled) Forward(number, info, context);
}

/** The handler, once for the process. Returns an error number, or 0. */
int Install() {
  if (sysconf(_SC_PAGESIZE) != static_cast<long>(kPageBytes)) return ENOTSUP;
  if (!PrepareFiller()) return ENOTSUP;
  const int error = PrepareWriters();
  if (error != 0) return error;
  struct sigaction action = {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  // Nobody is stopped while he is at it.
  sigfillset(&action.sa_mask);
  return sigaction(SIGBUS, &action, &previous) == 0 ? 0 : errno;
}

int Place(const Mapping& known, int file) {
  const std::lock_guard<SpinLock> guard(coversLock);
  int free = -1;
  for (unsigned at = 0; at < kWatchedMax; at++) {
    Watched& one = watched[at];
    if (one.users > 0 && one.device == known.device && one.inode == known.inode) {
      one.users++;
      close(file);
      return static_cast<int>(at);
    }
    if (one.users == 0 && free < 0) free = static_cast<int>(at);
  }
  if (free < 0) return -EMFILE;
  watched[free] = Watched{1, file, known.device, known.inode};
  return free;
}

/** To write to, too: what is supplied for a page. */
int Open(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  return file >= 0 ? file : open(path, O_RDONLY | O_CLOEXEC);
}

}  // namespace

int Watch(const char* path) {
  static const int installed = Install();
  if (installed != 0) return -installed;
  const int file = Open(path);
  if (file < 0) return -errno;
  Mapping known;
  const int number = Identify(file, &known) ? Place(known, file) : -ENOTSUP;
  if (number < 0) close(file);
  return number;
}

void Unwatch(int number) {
  if (number < 0 || number >= static_cast<int>(kWatchedMax)) return;
  const std::lock_guard<SpinLock> guard(coversLock);
  Watched& one = watched[number];
  if (one.users == 0 || --one.users > 0) return;
  close(one.file);
  one = Watched();
}

uint32_t Faults() { return faults.load(); }

uint32_t Begin() {
  // Who writes was stopped for it, or has covered it: it is given back with the end of what is written.
  if (AnyCovered() && Writing() < 0) {
    const std::lock_guard<SpinLock> guard(coversLock);
    GiveAllBack();
  }
  return faults.load();
}

}  // namespace weir
