// What JavaScript reads a data file with; libs/store/src/guard-addon.ts has the types.
#pragma once

#include <napi.h>

namespace weir {

/** `openFile(path)`: what the others take, closed by `closeFile`, and when nobody has it any more. Throws what the platform says. */
Napi::Value OpenFile(const Napi::CallbackInfo& info);

/** `closeFile(file)`: nothing is found in it from now on. What a thread reads of it is read to its end. */
void CloseFile(const Napi::CallbackInfo& info);

/** `lookUp(file, table, key, target)`: the value's length, or a negative number of `lookup.h`. Never waits for a disk. */
Napi::Value LookUpNow(const Napi::CallbackInfo& info);

/** `lookUpElsewhere(file, table, key, target)`: a promise of the same, by another thread, which waits for the disk. */
Napi::Value LookUpElsewhere(const Napi::CallbackInfo& info);

}  // namespace weir
