import { Ledger } from './ledger';
import { sweptPerTransactionMax } from './limits';
import type { Tables } from './tables';

/**
 * Makes the account anew from the keys, and removes what a run that was killed left of erased swarms.
 *
 * Of the order of use only the swarms' last use is on disk: extents of the swarm unused for longest come first.
 */
export function loadLedger(tables: Tables): Ledger {
  const ledger = new Ledger();
  for (const entry of tables.swarms()) ledger.addSwarm(entry);
  const ownerless = new Set<number>();
  for (const { swarm: number, index } of tables.extentPlaces()) {
    const swarm = ledger.numbered(number);
    if (swarm === undefined) ownerless.add(number);
    else ledger.addExtent(swarm, index);
  }
  for (const { swarm: number, tier, index } of tables.blockPositions()) {
    const swarm = ledger.numbered(number);
    if (swarm === undefined) ownerless.add(number);
    else ledger.addBlock(swarm, tier, index);
  }
  for (const number of ownerless) sweepAll(tables, number);
  orderByLastUse(ledger);
  return ledger;
}

function sweepAll(tables: Tables, number: number): void {
  let done = false;
  while (!done) done = tables.atomically(() => tables.sweep(number, sweptPerTransactionMax)).done;
}

function orderByLastUse(ledger: Ledger): void {
  const swarms = [...ledger.all()].sort((one, other) => one.lastUse - other.lastUse || one.number - other.number);
  for (const swarm of swarms) {
    for (const index of swarm.slots.keys()) ledger.touch(swarm.swarmId, index, swarm.lastUse);
  }
}
