import { Ledger, type LedgerSwarm } from './ledger';
import { sweptPerTransactionMax } from './limits';
import type { Tables } from './tables';

/**
 * Makes the account anew from the keys, and removes what a run that was killed left: extents and blocks of erased swarms, and
 * swarms of which nothing was on disk yet.
 */
export function loadLedger(tables: Tables): Ledger {
  const ledger = new Ledger();
  for (const entry of tables.swarms()) ledger.addSwarm(entry);
  const ownerless = new Set<number>();
  const ownerOf = owners(ledger, ownerless);
  for (const { swarm: number, index } of tables.extentPlaces()) {
    const swarm = ownerOf(number);
    if (swarm !== undefined) ledger.addExtent(swarm, index);
  }
  for (const { swarm: number, tier, index } of tables.blockPositions()) {
    const swarm = ownerOf(number);
    if (swarm !== undefined) ledger.addBlock(swarm, tier, index);
  }
  for (const number of ownerless) sweepAll(tables, number);
  removeEmpty(ledger, tables);
  return ledger;
}

/** Keys come in order: the owner is mostly that of the key before. */
function owners(ledger: Ledger, ownerless: Set<number>): (number: number) => LedgerSwarm | undefined {
  let last: LedgerSwarm | undefined;
  return (number) => {
    if (last?.number !== number) last = ledger.numbered(number);
    if (last === undefined) ownerless.add(number);
    return last;
  };
}

function sweepAll(tables: Tables, number: number): void {
  let done = false;
  while (!done) done = tables.atomically(() => tables.sweep(number, sweptPerTransactionMax)).done;
}

/** What they had was in memory alone. Their blocks are swept as those of erased swarms are. */
function removeEmpty(ledger: Ledger, tables: Tables): void {
  const empty = [...ledger.all()].filter(({ disk }) => disk.size === 0);
  if (empty.length === 0) return;
  tables.atomically(() => {
    for (const swarm of empty) {
      tables.removeSwarm(swarm.swarmId);
      ledger.retire(swarm);
    }
  });
}
