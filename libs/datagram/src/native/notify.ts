import { nativeDatagrams, type NativeAddon } from './addon';

/**
 * Sends a text to a service manager's socket, as sd_notify(3) does: `path` is a file or, after `@`, an abstract name. Node has no
 * such sockets. True if it was taken; false where there is no addon, or nobody listens. Never waits.
 */
export function notifyService(path: string, text: string, addon?: NativeAddon): boolean {
  const native = nativeDatagrams();
  const sender = addon ?? (native.available ? native.addon : undefined);
  return sender?.notifyService(path, text) === 0;
}
