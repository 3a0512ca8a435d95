import type { StoreUsage } from '@weir/store';

/** Below this part of the capacity it is worth telling that the disk has no room for it: some of it is lost to others' files now and then. */
const shortPart = 0.95;

/** Tells an operator that the disk has no room for what is configured, once, and that it has again. */
export class DiskNotice {
  private isShort = false;

  constructor(
    private readonly directory: string,
    private readonly tell: (message: string) => void,
  ) {}

  /** How full the store is now. */
  note({ capacityBytes, usableBytes }: Pick<StoreUsage, 'capacityBytes' | 'usableBytes'>): void {
    if (!this.isShort && usableBytes < capacityBytes * shortPart) {
      this.isShort = true;
      const room = `store.capacity = ${capacityBytes}: the disk of ${this.directory} has room for ${usableBytes} bytes of it`;
      this.tell(
        `${room}, and no more is held, so that 5 % of the disk stay free. Free the disk, or lower store.capacity.`,
      );
    } else if (this.isShort && usableBytes >= capacityBytes) {
      this.isShort = false;
      this.tell(`the disk of ${this.directory} has room for store.capacity again`);
    }
  }
}
