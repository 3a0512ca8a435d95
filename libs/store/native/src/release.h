// Pages of a file given back to the file system, and taken from it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

/**
 * Makes holes of runs of pages of an open file, each a first page and a count; what is a hole already is left alone, and the file keeps its
 * length. 0, or the platform's number of what went wrong: EOPNOTSUPP where the file system knows no holes.
 */
int Release(int file, const double* runs, size_t count);

/**
 * Has the file system set aside room for so many bytes of an open file, which is then at least as long; what is there stays. 0, or the
 * platform's number.
 */
int Reserve(int file, int64_t bytes);

}  // namespace weir
