#include "covers.h"

#include <sys/mman.h>

#include <atomic>

#include "filler.h"
#include "page.h"

namespace weir {

SpinLock coversLock;
Watched watched[kWatchedMax];

namespace {

struct Covered {
  uintptr_t page = 0;
  uint64_t offset = 0;
  unsigned watched = 0;
};

Covered covered[kCoveredMax];
/** Of all that were ever covered; the next one's place is this modulo `kCoveredMax`. */
unsigned firstCovered = 0;
unsigned coveredCount = 0;
std::atomic<bool> outstanding{false};
uint64_t fillerDevice = 0;
uint64_t fillerInode = 0;

void GiveBack(const Covered& one) {
  if (watched[one.watched].users == 0) return;
  void* const place = reinterpret_cast<void*>(one.page);
  mmap(place, kPageBytes, PROT_READ, MAP_SHARED | MAP_FIXED, watched[one.watched].file, static_cast<off_t>(one.offset));
}

/** What still shows the filler gets its file again; what was unmapped in the meantime is somebody else's. */
void GiveFirstBack() {
  const Covered& one = covered[firstCovered];
  Mapping mapping;
  if (FindMapping(one.page, &mapping) && IsFiller(mapping)) GiveBack(one);
  firstCovered = (firstCovered + 1) % kCoveredMax;
  coveredCount--;
}

bool GiveBackWithin(const Mapping& mapping, void*) {
  if (!IsFiller(mapping)) return true;
  for (unsigned at = 0; at < coveredCount; at++) {
    const Covered& one = covered[(firstCovered + at) % kCoveredMax];
    if (one.page >= mapping.start && one.page < mapping.end) GiveBack(one);
  }
  return true;
}

}  // namespace

bool Identify(int file, Mapping* mapping) {
  void* const place = mmap(nullptr, kPageBytes, PROT_READ, MAP_SHARED, file, 0);
  if (place == MAP_FAILED) return false;
  const bool found = FindMapping(reinterpret_cast<uintptr_t>(place), mapping);
  munmap(place, kPageBytes);
  return found;
}

bool PrepareFiller() {
  Mapping filler;
  if (FillerFile() < 0 || !Identify(FillerFile(), &filler)) return false;
  fillerDevice = filler.device;
  fillerInode = filler.inode;
  return true;
}

int WatchedBehind(const Mapping& mapping) {
  for (unsigned at = 0; at < kWatchedMax; at++) {
    const Watched& one = watched[at];
    if (one.users > 0 && one.inode == mapping.inode && one.device == mapping.device) return static_cast<int>(at);
  }
  return -1;
}

bool IsFiller(const Mapping& mapping) { return mapping.inode == fillerInode && mapping.device == fillerDevice; }

bool Cover(uintptr_t page, const Mapping& mapping, int number) {
  if (coveredCount == kCoveredMax) GiveFirstBack();
  void* const place = reinterpret_cast<void*>(page);
  if (mmap(place, kPageBytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, FillerFile(), 0) == MAP_FAILED) return false;
  const uint64_t offset = mapping.offset + (page - mapping.start);
  covered[(firstCovered + coveredCount++) % kCoveredMax] = Covered{page, offset, static_cast<unsigned>(number)};
  return true;
}

void GiveAllBack() {
  if (coveredCount > 0) ForEachMapping(GiveBackWithin, nullptr);
  coveredCount = 0;
  outstanding.store(false);
}

bool AnyCovered() { return outstanding.load(); }

void Announce() { outstanding.store(true); }

}  // namespace weir
