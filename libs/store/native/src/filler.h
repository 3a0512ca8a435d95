// The page that stands in for one that cannot be read.
#pragma once

namespace weir {

/** Where the page is kept, to be mapped; made once. -1 where that is not possible. */
int FillerFile();

}  // namespace weir
