// A lock that handlers of signals take too.
#pragma once

#include <atomic>

namespace weir {

/**
 * Held for some system calls at most, and never while anything is done that may fault, allocate or wait. Who is stopped by a signal does
 * not hold it: signals that stop are sent by its holder.
 */
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

}  // namespace weir
