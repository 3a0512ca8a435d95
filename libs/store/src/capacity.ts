import { StoreError } from './errors';
import { capacityBytesMin } from './limits';

/** Throws STORE_CAPACITY for a capacity that no store can work with. */
export function mustBeCapacity(capacityBytes: number): void {
  if (Number.isSafeInteger(capacityBytes) && capacityBytes >= capacityBytesMin) return;
  const remedy = `The store's capacity is ${capacityBytes} bytes; give it a whole number from ${capacityBytesMin} on.`;
  throw new StoreError('STORE_CAPACITY', remedy, { capacityBytes });
}
