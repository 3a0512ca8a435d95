#include "lookup.h"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir {
namespace {

// Where things stand: ../../src/integrity/page-layout.ts has the same, and says where it is from. Little-endian, as the machine is.
constexpr size_t kPageNumberAt = 0;
constexpr uint16_t kBranch = 0x01;
constexpr size_t kNodeSizeAt = 0;
constexpr size_t kNodeFlagsAt = 4;
constexpr size_t kNodeKeyAt = 8;
constexpr uint16_t kOverflowNode = 0x01;
constexpr uint16_t kTreeNode = 0x02;
constexpr size_t kTreeDepthAt = 6;
constexpr size_t kTreeRootAt = 40;
constexpr size_t kTreeBytes = 48;
constexpr size_t kMagicAt = kHeaderBytes;
constexpr size_t kVersionAt = kHeaderBytes + 4;
/** Of the list of free pages, whose unused bytes have the pages' size. */
constexpr size_t kPageSizeAt = kHeaderBytes + 24;
constexpr size_t kMainTreeAt = kHeaderBytes + 72;
constexpr size_t kTransactionAt = kHeaderBytes + 128;
constexpr size_t kMetaBytes = kHeaderBytes + 144;
constexpr uint32_t kMagic = 0xbeefc0de;
constexpr uint32_t kVersion = 2;
/** LMDB's own cursors end there. */
constexpr unsigned kDepthMax = 32;
/** No page has a number from here on: what is read torn must not lead beyond what can be a place in a file. */
constexpr uint64_t kPagesMax = 1ull << 47 >> 12;
/** Longest value that is believed: an extent of the largest chunks has half of it. */
constexpr uint64_t kValueBytesMax = 8 << 20;

template <typename Number>
Number At(const uint8_t* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

/** Only of the layout that is known. */
bool IsOurs(const uint8_t* meta) {
  return At<uint32_t>(meta + kMagicAt) == kMagic && At<uint32_t>(meta + kVersionAt) == kVersion &&
         At<uint32_t>(meta + kPageSizeAt) == kPageBytes;
}

int Compare(Bytes one, Bytes other) {
  const int difference = std::memcmp(one.data, other.data, std::min(one.length, other.length));
  if (difference != 0) return difference;
  return one.length < other.length ? -1 : one.length > other.length;
}

/** A branch or leaf, of which nothing is believed: what points beyond the page is empty. */
class Page {
 public:
  explicit Page(const uint8_t* bytes) : bytes_(bytes) {}

  bool Is(uint64_t number, uint16_t kind) const {
    return At<uint64_t>(bytes_ + kPageNumberAt) == number && At<uint16_t>(bytes_ + kFlagsAt) == kind;
  }

  size_t count() const { return std::min<size_t>(At<uint16_t>(bytes_ + kLowerAt), kPageBytes - kHeaderBytes) / 2; }

  /** A node's first byte; that of the page's last ones for what is not within it. */
  const uint8_t* Node(size_t index) const {
    const size_t at = kHeaderBytes + At<uint16_t>(bytes_ + kHeaderBytes + 2 * index);
    return bytes_ + std::min(at, kPageBytes - kNodeKeyAt);
  }

  Bytes Key(size_t index) const {
    const uint8_t* const key = Node(index) + kNodeKeyAt;
    const size_t left = static_cast<size_t>(bytes_ + kPageBytes - key);
    return {key, std::min<size_t>(At<uint16_t>(Node(index) + kNodeKeyLengthAt), left)};
  }

  /** What stands behind a node's key. */
  Bytes Rest(size_t index) const {
    const Bytes key = Key(index);
    const uint8_t* const rest = key.data + key.length;
    return {rest, static_cast<size_t>(bytes_ + kPageBytes - rest)};
  }

  /** The first node from `from` on whose key is not before `key`. */
  size_t Search(Bytes key, size_t from) const {
    size_t low = from;
    size_t high = count();
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (Compare(Key(middle), key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The page below the branch's node that leads to `key`: its first node stands for everything before the second. */
  uint64_t Child(Bytes key) const {
    const size_t next = Search(key, 1);
    const bool exact = next < count() && Compare(Key(next), key) == 0;
    const uint8_t* const node = Node(exact ? next : next - 1);
    return At<uint32_t>(node + kNodeSizeAt) | static_cast<uint64_t>(At<uint16_t>(node + kNodeFlagsAt)) << 32;
  }

 private:
  const uint8_t* const bytes_;
};

}  // namespace

struct LookUp::Tree {
  uint64_t root;
  unsigned depth;

  static Tree Of(const uint8_t* bytes) {
    return {At<uint64_t>(bytes + kTreeRootAt), At<uint16_t>(bytes + kTreeDepthAt)};
  }
};

struct LookUp::Node {
  uint16_t flags;
  /** Of the value, wherever it is. */
  uint64_t length;
  Bytes rest;
};

int64_t LookUp::Read(Bytes table, Bytes key, uint8_t* target, size_t capacity) {
  Place place;
  const int64_t failed = Locate(table, key, &place);
  return failed != 0 ? failed : Fetch(place, target, capacity);
}

int64_t LookUp::Fetch(const Place& place, uint8_t* target, size_t capacity) {
  const size_t wanted = std::min<size_t>(place.length, capacity);
  if (place.here != nullptr) {
    std::memcpy(target, place.here, wanted);
  } else {
    const int64_t unread = ReadAt(place.offset, target, wanted);
    if (unread != 0) return unread;
  }
  return static_cast<int64_t>(place.length);
}

int64_t LookUp::Locate(Bytes table, Bytes key, Place* place) {
  Tree tree;
  Node node;
  int64_t failed = NewestMain(&tree);
  if (failed == 0) failed = Descend(tree, table, &node);
  if (failed != 0) return failed;
  if (node.flags != kTreeNode || node.rest.length < kTreeBytes) return kUnknown;
  failed = Descend(Tree::Of(node.rest.data), key, &node);
  if (failed != 0) return failed;
  if (node.length > kValueBytesMax) return kUnknown;
  *place = {0, node.length, node.rest.data};
  if (node.flags == 0) return node.length <= node.rest.length ? 0 : kUnknown;
  if (node.flags != kOverflowNode || node.rest.length < sizeof(uint64_t)) return kUnknown;
  const uint64_t first = At<uint64_t>(node.rest.data);
  *place = {first * kPageBytes + kHeaderBytes, node.length, nullptr};
  return first < kPagesMax ? 0 : kUnknown;
}

int64_t LookUp::NewestMain(Tree* tree) {
  uint8_t metas[kPageBytes + kMetaBytes];
  const int64_t failed = ReadAt(0, metas, sizeof metas);
  if (failed != 0) return failed;
  const uint8_t* newest = nullptr;
  for (const uint8_t* meta : {metas, metas + kPageBytes}) {
    if (!IsOurs(meta)) continue;
    if (newest == nullptr || At<uint64_t>(meta + kTransactionAt) > At<uint64_t>(newest + kTransactionAt)) newest = meta;
  }
  if (newest == nullptr) return kUnknown;
  *tree = Tree::Of(newest + kMainTreeAt);
  newest_ = At<uint64_t>(newest + kTransactionAt);
  return 0;
}

int64_t LookUp::Descend(const Tree& tree, Bytes key, Node* found) {
  if (tree.depth == 0) return kAbsent;
  if (tree.depth > kDepthMax) return kUnknown;
  const uint8_t* bytes = nullptr;
  uint64_t number = tree.root;
  for (unsigned height = tree.depth; height >= 1; height--) {
    if (number >= kPagesMax) return kUnknown;
    const int64_t failed = TreePage(number, &bytes);
    if (failed != 0) return failed;
    const Page page(bytes);
    if (!page.Is(number, height > 1 ? kBranch : kLeaf) || page.count() == 0) return kUnknown;
    if (height > 1) number = page.Child(key);
  }
  const Page page(bytes);
  const size_t index = page.Search(key, 0);
  if (index >= page.count() || Compare(page.Key(index), key) != 0) return kAbsent;
  const uint8_t* const node = page.Node(index);
  *found = {At<uint16_t>(node + kNodeFlagsAt), At<uint32_t>(node + kNodeSizeAt), page.Rest(index)};
  return 0;
}

int64_t LookUp::TreePage(uint64_t number, const uint8_t** bytes) {
  *bytes = page_;
  // Who waits is on another thread, each time another one.
  if (wait_) return ReadAt(number * kPageBytes, page_, kPageBytes);
  KeptPage& kept = file_.Kept(number);
  *bytes = kept.bytes;
  if (kept.number == number && kept.transaction == newest_) return 0;
  kept.number = UINT64_MAX;
  const int64_t failed = ReadAt(number * kPageBytes, kept.bytes, kPageBytes);
  if (failed != 0) return failed;
  kept.number = number;
  kept.transaction = newest_;
  return 0;
}

int64_t LookUp::ReadAt(uint64_t offset, uint8_t* target, size_t length) {
  // A read that must not wait begins to read all the same, and may wait for its turn at the disk.
  if (!wait_ && !file_.InMemory(offset, length)) return kCold;
  struct iovec vector = {target, length};
  const int flags = wait_ ? 0 : RWF_NOWAIT;
  for (;;) {
    const ssize_t done = preadv2(file_.descriptor(), &vector, 1, static_cast<off_t>(offset), flags);
    if (done == static_cast<ssize_t>(length)) return 0;
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && errno == EOPNOTSUPP) return kUnsupported;
    // What is in memory in part is cold. What the file does not have looks the same, until it is waited for.
    return !wait_ && (done >= 0 || errno == EAGAIN) ? kCold : kUnknown;
  }
}

}  // namespace weir
