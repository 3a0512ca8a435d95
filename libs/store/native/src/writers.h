// Threads that write to a watched file: they never see the page that stands in for an unreadable one.
#pragma once

#include <cstdint>

namespace weir {

/** Threads that write at a time. */
constexpr unsigned kWritersMax = 16;

/** The signals and system calls that it takes; an error number, or 0. Once for the process. */
int PrepareWriters();

/** This thread writes from now on. Its number, or -1 where there are too many, or it writes already. */
int Hold();

/** It does no longer. True if it was shown a page that its file does not have. */
bool LetGo(int number);

/** Whether it was, since `Hold`. */
bool IsTainted(int number);

/** Of this thread, or -1: for handlers of signals. */
int Writing();

/** This thread saw what is not in its file. */
void Taint(int number);

/**
 * Stops all other threads that write, until nothing is covered any more: when this returns none of them runs. To be called by the
 * holder of `coversLock`, after `Announce`.
 */
void StopWriters();

/** A page that a thread waits for, or -1; and how often the disk was asked for it. */
struct Awaited {
  int64_t page;
  uint32_t tries;
};
Awaited WhatIsAwaited();

/** The bytes of a page, for whoever waits for it: written in its place, by that thread. False if nobody waits for it. */
bool Supply(int64_t page, const unsigned char* bytes);

/**
 * Waits until the disk gives up the page at an address. False if it lies in no watched file, or not in what its file still has.
 */
bool Await(uintptr_t page);

}  // namespace weir
