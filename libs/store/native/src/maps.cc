#include "maps.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace weir {
namespace {

/** Reads one line, byte by byte: fields in front of the path are all that is kept, so that no line is too long. */
class LineReader {
 public:
  /** True when `byte` ended a line; `mapping` is then complete. */
  bool Take(char byte, Mapping* mapping) {
    if (byte == '\n') {
      *mapping = line_;
      const bool whole = field_ >= kInode;
      line_ = Mapping();
      field_ = kStart;
      return whole;
    }
    if (byte == '-' && field_ == kStart) field_ = kEnd;
    else if (byte == ':' && field_ == kMajor) field_ = kMinor;
    else if (byte == ' ') EndField();
    else Digit(byte);
    return false;
  }

 private:
  enum Field { kStart, kEnd, kFlags, kOffset, kMajor, kMinor, kInode, kPath };

  void EndField() {
    if (field_ == kMinor) line_.device = DeviceOf(major_, minor_);
    if (field_ == kFlags || field_ == kEnd || field_ == kOffset || field_ == kMinor || field_ == kInode)
      field_ = static_cast<Field>(field_ + 1);
    if (field_ == kMajor) major_ = minor_ = 0;
  }

  void Digit(char byte) {
    const unsigned digit = byte <= '9' ? static_cast<unsigned>(byte - '0') : static_cast<unsigned>(byte - 'a' + 10);
    if (digit > 15) return;
    switch (field_) {
      case kStart: line_.start = line_.start * 16 + digit; break;
      case kEnd: line_.end = line_.end * 16 + digit; break;
      case kOffset: line_.offset = line_.offset * 16 + digit; break;
      case kMajor: major_ = major_ * 16 + digit; break;
      case kMinor: minor_ = minor_ * 16 + digit; break;
      case kInode: line_.inode = line_.inode * 10 + digit; break;
      case kFlags:
      case kPath: break;
    }
  }

  Mapping line_;
  Field field_ = kStart;
  unsigned major_ = 0;
  unsigned minor_ = 0;
};

struct Search {
  uintptr_t address;
  Mapping* found;
  bool hit;
};

bool Compare(const Mapping& mapping, void* context) {
  Search* search = static_cast<Search*>(context);
  if (search->address < mapping.start || search->address >= mapping.end) return true;
  *search->found = mapping;
  search->hit = true;
  return false;
}

}  // namespace

uint64_t DeviceOf(unsigned major, unsigned minor) { return (static_cast<uint64_t>(major) << 32) | minor; }

bool ForEachMapping(bool (*visit)(const Mapping& mapping, void* context), void* context) {
  const int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  LineReader reader;
  Mapping mapping;
  char bytes[2048];
  bool wanted = true;
  while (wanted) {
    const ssize_t length = read(file, bytes, sizeof bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) break;
    for (ssize_t at = 0; at < length && wanted; at++)
      if (reader.Take(bytes[at], &mapping)) wanted = visit(mapping, context);
  }
  close(file);
  return true;
}

bool FindMapping(uintptr_t address, Mapping* found) {
  Search search{address, found, false};
  ForEachMapping(Compare, &search);
  return search.hit;
}

}  // namespace weir
