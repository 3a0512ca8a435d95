import { epochTimeoutMillis } from '@weir/datagram';
import { aliveSet, livingMap, tableName } from '../rules/names';
import { mark } from '../rules/sets';

/** What the packet filter is told of epochs: each a transaction for `nft -f -`, for new flows from these interfaces. */
export interface EpochScripts {
  /** Gives life to an epoch. Fails if it lives already, or if another one lives for one of the interfaces. */
  begin(epoch: number): string;
  /** Prolongs its life. Fails, without an effect, if it has ended: only whoever is late learns that he is. */
  beat(epoch: number): string;
  /** Ends it, if it has not ended already. */
  end(epoch: number): string;
}

/** The scripts for flows that come in by these interfaces. */
export function epochScripts(interfaces: readonly string[]): EpochScripts {
  const names = [...new Set(interfaces)];
  const timeout = `timeout ${String(epochTimeoutMillis)}ms`;
  const element = (verb: string, name: string, elements: string) =>
    `${verb} element inet ${tableName} ${name} { ${elements} }\n`;
  const living = (epoch: number) => names.map((name) => `"${name}" ${timeout} : ${mark(epoch)}`).join(', ');
  const alive = (epoch: number) => `${mark(epoch)} ${timeout}`;
  const keys = names.map((name) => `"${name}"`).join(', ');
  const add = (epoch: number) => element('add', livingMap, living(epoch)) + element('add', aliveSet, alive(epoch));
  const remove = (epoch: number) => element('delete', livingMap, keys) + element('delete', aliveSet, mark(epoch));
  return {
    begin: (epoch) => element('create', livingMap, living(epoch)) + element('create', aliveSet, alive(epoch)),
    beat: (epoch) => remove(epoch) + add(epoch),
    // What is there already is added without an effect: so there is always something to delete.
    end: (epoch) => add(epoch) + remove(epoch),
  };
}
