#include "ahead.h"

#include <fcntl.h>

#include "page.h"

namespace weir {

void Expect(int file, const double* pages, size_t count) {
  for (size_t from = 0; from < count;) {
    size_t run = 1;
    while (from + run < count && pages[from + run] == pages[from] + static_cast<double>(run)) run++;
    const off_t at = static_cast<off_t>(pages[from]) * static_cast<off_t>(kPageBytes);
    posix_fadvise(file, at, static_cast<off_t>(run * kPageBytes), POSIX_FADV_WILLNEED);
    from += run;
  }
}

}  // namespace weir
