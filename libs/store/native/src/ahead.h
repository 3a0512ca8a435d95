// Pages of a file that will be read soon.
#pragma once

#include <cstddef>

namespace weir {

/** Has the system begin to read pages of an open file, in ascending order of their numbers. That it does not is no error. */
void Expect(int file, const double* pages, size_t count);

}  // namespace weir
