// Keeps a process alive whose mapped store cannot be read: see README.md.
#pragma once

#include <cstdint>

namespace weir {

/** Files watched at a time, over all threads. */
constexpr unsigned kWatchedMax = 16;

/** Pages that are covered until they are given back; the rest is covered for as long as it is mapped. */
constexpr unsigned kCoveredMax = 1024;

/**
 * Watches a file from now on, again for each call. Returns its number, or minus the platform's error number.
 */
int Watch(const char* path);

/** Ends one `Watch`. */
void Unwatch(int number);

/** How many faults there were, of all threads. What is read between two equal answers was in the file. */
uint32_t Faults();

/**
 * The same, after pages that are covered were given back: what is read next is asked of the disk again. False in `clean` if there
 * are pages that cannot be given back.
 */
uint32_t Begin(bool* clean);

}  // namespace weir
