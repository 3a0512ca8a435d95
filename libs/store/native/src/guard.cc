#include "guard.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "filler.h"
#include "maps.h"

namespace weir {
namespace {

struct Watched {
  /** How many asked for it; 0: the place is free. */
  unsigned users = 0;
  int file = -1;
  uint64_t device = 0;
  uint64_t inode = 0;
};

struct Covered {
  uintptr_t page;
  uint64_t offset;
  unsigned watched;
};

/** Held by the handler too, and so never while anything is done that may fault, allocate or wait. */
class SpinLock {
 public:
  void lock() {
    while (held_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() { held_.clear(std::memory_order_release); }

 private:
  std::atomic_flag held_ = ATOMIC_FLAG_INIT;
};

SpinLock lock;
Watched watched[kWatchedMax];
Covered covered[kCoveredMax];
unsigned coveredCount = 0;
uint64_t fillerDevice = 0;
uint64_t fillerInode = 0;
std::atomic<uint32_t> faults{0};
/** Whether any page is covered, or about to be. */
std::atomic<bool> outstanding{false};
std::atomic<bool> overflowed{false};
struct sigaction previous;

int WatchedBehind(const Mapping& mapping) {
  for (unsigned at = 0; at < kWatchedMax; at++) {
    const Watched& one = watched[at];
    if (one.users > 0 && one.inode == mapping.inode && one.device == mapping.device) return static_cast<int>(at);
  }
  return -1;
}

void Note(uintptr_t page, uint64_t offset, unsigned number) {
  if (coveredCount < kCoveredMax) covered[coveredCount++] = Covered{page, offset, number};
  else overflowed.store(true);
}

/** Puts the filler in the place of a page that cannot be read; false if it is none of ours. */
bool Cover(uintptr_t address) {
  const uintptr_t page = address & ~(kPageBytes - 1);
  const std::lock_guard<SpinLock> guard(lock);
  Mapping mapping;
  if (!FindMapping(page, &mapping)) return false;
  // Another thread was here at the same time: what faulted is tried again.
  if (mapping.inode == fillerInode && mapping.device == fillerDevice) return true;
  const int number = WatchedBehind(mapping);
  if (number < 0) return false;
  // Before and after: whoever looks in between sees that something goes on.
  outstanding.store(true);
  faults.fetch_add(1);
  void* const place = reinterpret_cast<void*>(page);
  if (mmap(place, kPageBytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, FillerFile(), 0) == MAP_FAILED) return false;
  Note(page, mapping.offset + (page - mapping.start), static_cast<unsigned>(number));
  faults.fetch_add(1);
  return true;
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

void OnFault(int number, siginfo_t* info, void* context) {
  const int error = errno;
  const bool handled = info->si_code == BUS_ADRERR && Cover(reinterpret_cast<uintptr_t>(info->si_addr));
  errno = error;
  if (!handled) Forward(number, info, context);
}

/** A file as mappings show it: on stacked file systems that is not what `stat` says. Nothing is read. */
bool Identify(int file, Mapping* mapping) {
  void* const place = mmap(nullptr, kPageBytes, PROT_READ, MAP_SHARED, file, 0);
  if (place == MAP_FAILED) return false;
  const bool found = FindMapping(reinterpret_cast<uintptr_t>(place), mapping);
  munmap(place, kPageBytes);
  return found;
}

/** The handler, once for the process. Returns an error number, or 0. */
int Install() {
  if (sysconf(_SC_PAGESIZE) != static_cast<long>(kPageBytes)) return ENOTSUP;
  Mapping filler;
  if (FillerFile() < 0 || !Identify(FillerFile(), &filler)) return ENOTSUP;
  fillerDevice = filler.device;
  fillerInode = filler.inode;
  struct sigaction action = {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  return sigaction(SIGBUS, &action, &previous) == 0 ? 0 : errno;
}

int Place(const Mapping& known, int file) {
  const std::lock_guard<SpinLock> guard(lock);
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

struct Kept {
  unsigned count = 0;
};

/** Pages that still show the filler get their file again; what was unmapped in the meantime is somebody else's. */
bool GiveBack(const Mapping& mapping, void* context) {
  if (mapping.inode != fillerInode || mapping.device != fillerDevice) return true;
  Kept* const kept = static_cast<Kept*>(context);
  bool known = false;
  for (unsigned at = 0; at < coveredCount; at++) {
    const Covered& one = covered[at];
    if (one.page < mapping.start || one.page >= mapping.end || watched[one.watched].users == 0) continue;
    void* const place = reinterpret_cast<void*>(one.page);
    const int file = watched[one.watched].file;
    const off_t offset = static_cast<off_t>(one.offset);
    known = mmap(place, kPageBytes, PROT_READ, MAP_SHARED | MAP_FIXED, file, offset) != MAP_FAILED;
  }
  if (!known) kept->count++;
  return true;
}

void GiveAllBack() {
  const std::lock_guard<SpinLock> guard(lock);
  Kept kept;
  ForEachMapping(GiveBack, &kept);
  coveredCount = 0;
  overflowed.store(kept.count > 0);
  outstanding.store(kept.count > 0);
}

}  // namespace

int Watch(const char* path) {
  static const int installed = Install();
  if (installed != 0) return -installed;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  Mapping known;
  const int number = Identify(file, &known) ? Place(known, file) : -ENOTSUP;
  if (number < 0) close(file);
  return number;
}

void Unwatch(int number) {
  if (number < 0 || number >= static_cast<int>(kWatchedMax)) return;
  const std::lock_guard<SpinLock> guard(lock);
  Watched& one = watched[number];
  if (one.users == 0 || --one.users > 0) return;
  close(one.file);
  one = Watched();
}

uint32_t Faults() { return faults.load(); }

uint32_t Begin(bool* clean) {
  if (outstanding.load()) GiveAllBack();
  *clean = !overflowed.load();
  return faults.load();
}

}  // namespace weir
