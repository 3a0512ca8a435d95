// Looks values up in a data file of LMDB's by reading it, as a second opinion that nobody must believe: see README.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "data-file.h"
#include "page.h"

namespace weir {

// What a look-up that found no value says instead of its length.
/** There is none, as far as can be told without a lock. */
constexpr int64_t kAbsent = -1;
/** The file's pages are not in memory, and it was not to be waited for them. */
constexpr int64_t kCold = -2;
/** The disk does not give a page, or what was read leads nowhere. */
constexpr int64_t kUnknown = -3;
/** The file system cannot say what it has in memory. */
constexpr int64_t kUnsupported = -4;

struct Bytes {
  const uint8_t* data;
  size_t length;
};

/** Where a value is: in the file, or, of `here`, in what was read on the way. */
struct Place {
  uint64_t offset;
  uint64_t length;
  const uint8_t* here;
};

/** Looks values up in one open file that a writer may be changing: what it answers may be torn, and is for the caller to check. */
class LookUp {
 public:
  /** With `wait` the disk is waited for; without, nothing but memory is read. */
  LookUp(DataFile& file, bool wait) : file_(file), wait_(wait) {}

  /**
   * The length of the value of `key` in the database `table`, of which the beginning is copied to `target`, or what a
   * look-up says instead.
   */
  int64_t Read(Bytes table, Bytes key, uint8_t* target, size_t capacity);

  /** Finds where it is. Answers 0, or what a look-up says instead, as all that follow. */
  int64_t Locate(Bytes table, Bytes key, Place* place);

  /** The second half of `Read`, of a place that was found before. */
  int64_t Fetch(const Place& place, uint8_t* target, size_t capacity);

 private:
  struct Tree;
  struct Node;

  int64_t NewestMain(Tree* tree);
  int64_t Descend(const Tree& tree, Bytes key, Node* found);
  /** A page of a tree of the newest transaction, kept or read; it stays where it is until the next one is asked for. */
  int64_t TreePage(uint64_t number, const uint8_t** bytes);
  int64_t ReadAt(uint64_t offset, uint8_t* target, size_t length);

  DataFile& file_;
  const bool wait_;
  uint64_t newest_ = 0;
  uint8_t page_[kPageBytes];
};

}  // namespace weir
