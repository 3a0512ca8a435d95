// Keeps a process alive whose mapped store cannot be read: see README.md.
#pragma once

#include <cstdint>

namespace weir {

/**
 * Watches a file from now on, again for each call. Returns its number, or minus the platform's error number.
 */
int Watch(const char* path);

/** Ends one `Watch`. */
void Unwatch(int number);

/** How many faults there were, of all threads. What is read between two equal answers was in the file. */
uint32_t Faults();

/** The same, after pages that are covered were given back: what is read next is asked of the disk again. */
uint32_t Begin();

}  // namespace weir
