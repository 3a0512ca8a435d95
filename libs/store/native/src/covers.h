// Pages that show the filler in the place of what the disk does not give up.
#pragma once

#include <cstdint>

#include "lock.h"
#include "maps.h"

namespace weir {

/** Files watched at a time, over all threads. */
constexpr unsigned kWatchedMax = 16;

/**
 * Pages that are covered at a time: the one that was covered first makes room, and is covered again should it be looked at. Each is a mapping
 * of its own, and whoever covers one reads the list of all mappings.
 */
constexpr unsigned kCoveredMax = 128;

struct Watched {
  /** How many asked for it; 0: the place is free. */
  unsigned users = 0;
  int file = -1;
  uint64_t device = 0;
  uint64_t inode = 0;
};

/** Guards all that is declared here. */
extern SpinLock coversLock;
extern Watched watched[kWatchedMax];

/** A file as mappings show it: on stacked file systems that is not what `stat` says. Nothing is read. */
bool Identify(int file, Mapping* mapping);

/** Asks for the page that stands in, once. False where there is none. */
bool PrepareFiller();

/** What `watched` has for a mapping, or -1. */
int WatchedBehind(const Mapping& mapping);

/** Whether a mapping shows the filler. */
bool IsFiller(const Mapping& mapping);

/** Puts the filler in the place of a page of a watched file. */
bool Cover(uintptr_t page, const Mapping& mapping, int number);

/** Gives all covered pages their file again. */
void GiveAllBack();

/** Whether any page is covered, or about to be; to be asked without the lock. */
bool AnyCovered();

/** Before pages are covered: whoever looks sees that something goes on. */
void Announce();

}  // namespace weir
