// Hot path: datagrams from an arena shared with JavaScript to the kernel, in trains and many to a system call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "address.h"

namespace weir {

/**
 * Words of a run: datagrams to one destination that lie behind one another in the arena, all as long as the first, but the
 * last, which may be shorter.
 */
enum RunWord : size_t {
  kRunOffset,   // in the arena
  kRunBytes,    // of all together
  kRunSegment,  // bytes of each but the last
  kRunCount,    // datagrams
  kRunSingly,   // 1 when the kernel has refused the run as a train
  kRunTo,
  kRunFrom = kRunTo + kAddressWords,  // family 0: the socket's own
  kRunWords = kRunFrom + kAddressWords,
};

/** Words that tell what became of a call; behind them the failures, three words each: run, datagrams, error number. */
enum OutcomeWord : size_t {
  kOutcomeRuns,       // runs that are done with
  kOutcomeDatagrams,  // taken by the kernel
  kOutcomeBytes,
  kOutcomeBlocked,  // 1 when the kernel takes no more for now
  kOutcomeFailures,
  kOutcomeWords,
};

/** Failures that one call tells; after the last the call ends early. */
constexpr size_t kFailuresMax = 64;

class Sender {
 public:
  Sender(int fd, int family, const uint8_t* arena, uint32_t* runs, uint32_t* outcome)
      : fd_(fd), family_(family), arena_(arena), runs_(runs), outcome_(outcome) {}

  /** Sends the runs from `first` up to `end`; the outcome tells how far it came. True when the kernel takes no more for now. */
  bool Send(size_t first, size_t end);

 private:
  /** Runs of one system call. */
  static constexpr size_t kRunsPerCall = 64;

  size_t SendMany(size_t first, size_t end, int* error);
  bool Refused(size_t run, int error);
  bool SendSingly(size_t run);
  void Sent(size_t datagrams, size_t bytes);
  void Failed(size_t run, size_t datagrams, int error);
  bool Full() const { return outcome_[kOutcomeFailures] == kFailuresMax; }

  int fd_;
  int family_;
  const uint8_t* arena_;
  uint32_t* runs_;
  uint32_t* outcome_;
};

}  // namespace weir
