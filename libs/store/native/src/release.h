// Pages of a file that nothing is stored in, given back to the file system.
#pragma once

#include <cstddef>

namespace weir {

/**
 * Makes holes of runs of pages of an open file, each a first page and a count; what is a hole already is left alone, and the file keeps its
 * length. 0, or the platform's number of what went wrong: EOPNOTSUPP where the file system knows no holes.
 */
int Release(int file, const double* runs, size_t count);

}  // namespace weir
